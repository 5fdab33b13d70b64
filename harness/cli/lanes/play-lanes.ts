import type { HilError } from '../../errors';
import type { HostInit, HostMessage, HostProcess } from '../../host';
import { describeError } from '../describe-error';
import type { Finding } from '../../ports';
import { firstSentence } from '../progress';
import { Controls } from './controls';
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
  /** What boards play first that have their like among the others. Absent: nothing. */
  readonly control?: {
    readonly file: string;
    /** Whether one of these boards may be tested for the other. */
    readonly areAlike: (one: string, other: string) => boolean;
  };
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

/** Whether a turn failed by what no board did. */
const isOthersDoing = (findings: readonly Finding[]): boolean =>
  findings.length > 0 && findings.every(({ origin }) => origin !== 'board');

/** For each board, those that are like it. */
const equalsOf = (
  boards: LanesPlan['boards'],
  areAlike: (one: string, other: string) => boolean = () => false,
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    boards.map(({ name }) => [
      name,
      boards.flatMap((other) => (other.name !== name && areAlike(name, other.name) ? [other.name] : [])),
    ]),
  );

/** Starts a lane for each board, decides between them, and waits for all: what becomes of one does not touch the others. */
export function playLanes(plan: LanesPlan): RunningLanes {
  const { boards, files, control, shared, openHost, runSuites, progress } = plan;
  const rooms = new Rooms();
  const suites = shared && new SharedSuites(files, shared.standAlone);
  const controls = new Controls(equalsOf(boards, control?.areAlike));
  const quarantined = new Map<string, string>();
  const lanes = boards.map(({ name, isolation }) => {
    const room = boards.filter((other) => other.isolation === isolation).length > 1 ? isolation : undefined;
    const asks = {
      ...(room === undefined ? {} : { heardByOthers: true as const }),
      ...(suites === undefined && !controls.has(name) ? {} : { sharesTests: true as const }),
    };
    const first = control === undefined || !controls.has(name) ? [] : [control.file];
    /** Whether it is to do this test; asked while no test's time runs. */
    const isToDo = async (file: string, test: string): Promise<boolean> => {
      if (first.includes(file)) return true;
      const reason = await controls.decided(name);
      if (reason === undefined) return suites?.claim(name, file, test) ?? true;
      if (!quarantined.has(name)) progress.line(`In quarantine: it ${reason}`, name);
      quarantined.set(name, reason);
      suites?.lost(name);
      return false;
    };
    let lastTurn: readonly Finding[] = [];
    const host = openHost(name, asks, (message) => {
      progress.take(message, name);
      if (message.type === 'turn') lastTurn = message.turn.findings;
      if (message.type === 'wish') {
        const { id, wish } = message;
        if (wish.what === 'test')
          void isToDo(wish.file, wish.name).then((granted) => host.answer(id, granted));
        else if (room === undefined) host.answer(id, true);
        else void rooms.enter(room, name).then(() => host.answer(id, true));
      }
      if (message.type === 'room-left' && room !== undefined) rooms.leave(room, name);
      if (message.type === 'test') {
        const { file, name: names, status, failures } = message.test;
        if (!first.includes(file)) suites?.testDone(name, file, names.join(' › '));
        else if (status === 'failed') {
          // What the bench or the provider spoilt says nothing of the board, neither against it nor for it.
          if (isOthersDoing(lastTurn)) controls.gone(name);
          else controls.failed(name, firstSentence(failures[0] ?? ''));
        }
      }
      if (message.type === 'file') {
        if (first.includes(message.file)) controls.ended(name);
        else suites?.fileDone(name, message.file);
      }
    });
    // A host that dies in the middle of anything holds up nobody.
    void host.ended.then(() => {
      rooms.gone(name);
      controls.gone(name);
      suites?.lost(name);
    });
    const begin = (place: LanePlace): LaneWork =>
      suites === undefined
        ? runSuites(place, [...first, ...files])
        : sharedWork(name, suites, [...first, ...files], (some) => runSuites(place, some));
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
      ends: ends.map((end) => {
        const reason = quarantined.get(end.boardName);
        const broken = suites?.brokenOff(end.boardName) ?? [];
        return { ...end, broken, ...(reason === undefined ? {} : { quarantined: reason }) };
      }),
      undone: suites?.undone() ?? [],
    })),
    interrupt: () => {
      for (const { lane } of lanes) lane.interrupt();
    },
  };
}
