import type { HilError } from '../../errors';
import type { HostInit, HostMessage, HostProcess } from '../../host';
import { describeError } from '../describe-error';
import type { BoardEnd } from './judge-lanes';
import { Lane, type LanePlace, type LaneWork } from './lane';
import { Rooms } from './rooms';
import { SharedSuites } from './shared-suites';

/** Boards that are to be tested at once, and how. */
export interface LanesPlan {
  readonly boards: readonly {
    readonly name: string;
    /** Boards with one name for it hear each other. Absent: it is heard by none. */
    readonly isolation?: string;
  }[];
  readonly files: readonly string[];
  /** Each test is done by one of the boards. Absent: by all. */
  readonly shared?: { readonly standAlone: (file: string) => boolean };
  /** Starts the host process of a board. */
  readonly openHost: (
    boardName: string,
    asks: Pick<HostInit, 'heardByOthers' | 'sharesTests'>,
    onMessage: (message: HostMessage) => void,
  ) => HostProcess;
  readonly runSuites: (place: LanePlace, files: readonly string[]) => LaneWork;
  readonly progress: {
    take(message: HostMessage, board: string): void;
    line(text: string, board: string): void;
    done(board: string): void;
  };
}

/** What is left of all lanes. */
export interface LanesEnd {
  readonly ends: readonly BoardEnd[];
  /** Files that no board was left to do. */
  readonly undone: readonly string[];
}

/** Lanes that are going on. */
export interface RunningLanes {
  /** Resolves when every process is gone. Never rejects. */
  readonly ended: Promise<LanesEnd>;
  /** Ends all of them in order; called again, at once. */
  interrupt(): void;
}

/** Suites of a board that does what is left, until nothing is. */
function sharedWork(
  boardName: string,
  suites: SharedSuites,
  files: readonly string[],
  run: (files: readonly string[]) => LaneWork,
): LaneWork {
  let current: LaneWork | undefined;
  let killed = false;
  const wasKilled = (): boolean => killed;
  const work = async (): Promise<HilError | undefined> => {
    let next = files;
    while (next.length > 0 && !wasKilled()) {
      current = run(next);
      const crash = await current.ended;
      if (crash !== undefined || wasKilled()) return crash;
      next = await suites.rest(boardName);
    }
    return undefined;
  };
  return {
    ended: work(),
    kill: () => {
      if (killed) return;
      killed = true;
      current?.kill();
      suites.lost(boardName);
    },
  };
}

/** Starts a lane for each board, decides between them, and waits for all: what becomes of one does not touch the others. */
export function playLanes({ boards, files, shared, openHost, runSuites, progress }: LanesPlan): RunningLanes {
  const rooms = new Rooms();
  const suites = shared && new SharedSuites(files, shared.standAlone);
  const lanes = boards.map(({ name, isolation }) => {
    const room = boards.filter((other) => other.isolation === isolation).length > 1 ? isolation : undefined;
    const asks = {
      ...(room === undefined ? {} : { heardByOthers: true as const }),
      ...(suites === undefined ? {} : { sharesTests: true as const }),
    };
    const host = openHost(name, asks, (message) => {
      progress.take(message, name);
      if (message.type === 'wish') {
        const { id, wish } = message;
        if (wish.what === 'test') host.answer(id, suites?.claim(name, wish.file, wish.name) ?? true);
        else if (room === undefined) host.answer(id, true);
        else void rooms.enter(room, name).then(() => host.answer(id, true));
      }
      if (message.type === 'room-left' && room !== undefined) rooms.leave(room, name);
      if (message.type === 'test') suites?.testDone(name, message.test.file, message.test.name.join(' › '));
      if (message.type === 'file') suites?.fileDone(name, message.file);
    });
    // A host that dies in the middle of anything holds up nobody.
    void host.ended.then(() => {
      rooms.gone(name);
      suites?.lost(name);
    });
    const begin = (place: LanePlace): LaneWork =>
      suites === undefined
        ? runSuites(place, files)
        : sharedWork(name, suites, files, (some) => runSuites(place, some));
    const lane = new Lane(host, begin, (text) => progress.line(text, name));
    const ended = lane.ended.then((end) => {
      progress.done(name);
      if (end.error !== undefined) progress.line(describeError(end.error), name);
      return { ...end, boardName: name };
    });
    return { lane, ended };
  });
  return {
    ended: Promise.all(lanes.map(({ ended }) => ended)).then((ends) => ({
      ends: ends.map((end) => ({ ...end, broken: suites?.brokenOff(end.boardName) ?? [] })),
      undone: suites?.undone() ?? [],
    })),
    interrupt: () => {
      for (const { lane } of lanes) lane.interrupt();
    },
  };
}
