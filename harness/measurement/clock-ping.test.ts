/** A serial board with hil_marker on a simulated wire: the real crystal and markers of the virtual board, the real reader and pings of the harness. */
import { BoardConsole } from '../../firmware/virtual-board/console/board-console';
import { Crystal } from '../../firmware/virtual-board/crystal';
import { Markers } from '../../firmware/virtual-board/markers';
import { ManualClock } from '../board/__fixtures__/manual-clock';
import { dialectByName } from '../board/dialect';
import { SerialBoard } from '../board/serial-board';
import type { ConsoleLink, MarkerEvent, TurnRecord } from '../ports';
import { seededUniform } from '../units';
import { TurnConsole } from './device-marks';

const { abs, floor, max } = Math;

const TIMER_STARTS_MS = 900;

interface Wire {
  readonly crystalPpm: number;
  /** Longest time until what is typed is executed, uniform. */
  readonly inMs: number;
  /** Longest time until what is printed is read, uniform: a latency timer. */
  readonly outMs: number;
  readonly link: ConsoleLink;
  readonly seed?: number;
}

/** A board whose console is a wire with delays; host time is the clock's, so that the truth of each stamp is known. */
function boardOn({ crystalPpm, inMs, outMs, link, seed = 1 }: Wire) {
  const clock = new ManualClock(5_000);
  const uniform = seededUniform(seed);
  const crystal = new Crystal(
    { nowMs: () => clock.nowMs(), unixMs: () => 0, after: (ms, call) => clock.after(ms, call) },
    crystalPpm,
  );
  let receive: (bytes: Buffer, hostAtMs: number) => void = () => undefined;
  let wireFreeAtMs = 0;
  const uart = {
    send: (bytes: Buffer) => {
      wireFreeAtMs = max(wireFreeAtMs, clock.nowMs() + 0.2 + uniform() * outMs);
      clock.after(wireFreeAtMs - clock.nowMs(), () => receive(bytes, clock.nowMs()));
    },
    cut: () => undefined,
  };
  const console = new BoardConsole(crystal, uart);
  const markers = new Markers(console, crystal, true);
  let isDeaf = false;
  const typed: string[] = [];
  const board = new SerialBoard({
    name: 'korvo-1',
    model: 'ESP32-S3-Korvo-2',
    transport: {
      path: 'wire',
      onBytes: (listener) => {
        receive = listener;
        return () => undefined;
      },
      onLost: () => () => undefined,
      write: (bytes) => {
        const command = bytes.toString().trim();
        typed.push(command);
        clock.after(uniform() * inMs, () => {
          if (isDeaf) return;
          console.print(`${command}\n`);
          markers.commands[0]?.run(command.split(' '), () => undefined);
        });
        return Promise.resolve();
      },
      setModemLines: () => Promise.resolve(false),
      setBaudRate: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
    resetSteps: [],
    dialect: dialectByName('realtime-ws'),
    baudRate: 115_200,
    link,
    bootTimeoutMs: 1000,
    sessionTimeoutMs: 1000,
    clock,
  });
  const zeroAtHostMs = clock.nowMs();
  // Markers come from an application that has started.
  clock.advance(2 * TIMER_STARTS_MS);
  return {
    board,
    clock,
    typed,
    markers,
    deafen: () => void (isDeaf = true),
    /** When a marker was stamped, by the crystal. */
    truthOf: ({ deviceAtUs }: MarkerEvent): number =>
      zeroAtHostMs + (deviceAtUs / 1000 + TIMER_STARTS_MS) / (1 + crystalPpm * 1e-6),
    /** Lets promises and the clock run until the board has been asked. */
    ping: async () => {
      const state = { isOver: false };
      const asked = board.pingClock().then(() => (state.isOver = true));
      for (let step = 0; step < 20_000 && !state.isOver; step += 1) {
        for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
        clock.advance(0.25);
      }
      await asked;
    },
    /** Prints a marker and lets a while pass. */
    mark: (forMs: number) => {
      markers.mark('speech-started');
      clock.advance(forMs);
    },
    markerEvents: (): MarkerEvent[] =>
      board.events.filter((event): event is MarkerEvent => event.type === 'marker'),
    consoleOf: (boardEvents: readonly MarkerEvent[]) =>
      new TurnConsole({ consoleLines: [], consoleLink: link, boardEvents } as unknown as TurnRecord),
  };
}

const usb: ConsoleLink = { kind: 'usb' };
const withoutPings = (events: readonly MarkerEvent[]): MarkerEvent[] =>
  events.map((event) => {
    const { pingedAtHostMs, ...rest } = event;
    expect(pingedAtHostMs ?? 0).toBeGreaterThanOrEqual(0);
    return rest;
  });

describe('a clock that is pinged', () => {
  it('is known from a single answer, where lines alone need ten', async () => {
    const { mark, ping, markerEvents, truthOf, consoleOf } = boardOn({
      crystalPpm: 20,
      inMs: 1,
      outMs: 1,
      link: usb,
    });
    mark(500);
    await ping();
    mark(500);
    const events = markerEvents();
    expect(events.map(({ marker }) => marker)).toEqual([
      'speech-started',
      'pong',
      'pong',
      'pong',
      'speech-started',
    ]);
    expect(consoleOf(withoutPings(events)).deviceMarks()).toEqual([]);
    const marks = consoleOf(events).deviceMarks();
    expect(marks).toHaveLength(5);
    for (const [index, { hostAtMs, uncertaintyMs }] of marks.entries()) {
      expect(uncertaintyMs).toBeLessThan(1);
      expect(abs(hostAtMs - truthOf(events[index]!))).toBeLessThan(2 * uncertaintyMs);
    }
  });

  it.each([
    ['native USB', 1],
    ['a latency timer of 16 ms', 16],
  ])(
    'says when markers were printed, within 2 u in 95 %% of them at least, and better than lines alone: %s',
    async (_name, outMs) => {
      let [all, covered] = [0, 0];
      const errors = { pinged: 0, lines: 0 };
      for (let seed = 1; seed <= 8; seed += 1) {
        const crystalPpm = ((seed * 37) % 81) - 40;
        const { mark, ping, markerEvents, truthOf, consoleOf } = boardOn({
          crystalPpm,
          inMs: 1,
          outMs,
          link: usb,
          seed,
        });
        for (let turn = 0; turn < 4; turn += 1) {
          mark(100);
          await ping();
          for (let lines = 0; lines < 5; lines += 1) mark(900);
        }
        const events = markerEvents();
        const truths = new Map(events.map((event) => [event.lineIndex, truthOf(event)]));
        const errorOf = ({ lineIndex, hostAtMs }: { lineIndex: number; hostAtMs: number }) =>
          abs(hostAtMs - truths.get(lineIndex)!);
        for (const mark of consoleOf(events).deviceMarks()) {
          all += 1;
          if (errorOf(mark) <= 2 * mark.uncertaintyMs) covered += 1;
          errors.pinged += mark.uncertaintyMs;
        }
        for (const mark of consoleOf(withoutPings(events)).deviceMarks()) errors.lines += mark.uncertaintyMs;
      }
      expect(all).toBeGreaterThan(8 * 20);
      expect(covered / all).toBeGreaterThanOrEqual(0.95);
      expect(errors.pinged).toBeLessThan(0.9 * errors.lines);
    },
  );

  it.each([-40, 0, 40])('shows by pings alone how its crystal drifts: %d ppm', async (crystalPpm) => {
    const { mark, ping, clock, markerEvents, truthOf, consoleOf } = boardOn({
      crystalPpm,
      inMs: 1,
      outMs: 1,
      link: usb,
    });
    mark(10);
    for (let turn = 0; turn < 10; turn += 1) {
      await ping();
      clock.advance(60_000);
    }
    const events = markerEvents();
    // The first and the last marker are ten minutes apart: 24 ms at 40 ppm.
    for (const { lineIndex, hostAtMs, uncertaintyMs } of consoleOf(events).deviceMarks()) {
      const truth = truthOf(events.find((event) => event.lineIndex === lineIndex)!);
      expect(abs(hostAtMs - truth)).toBeLessThan(2 * uncertaintyMs);
      expect(uncertaintyMs).toBeLessThan(1);
    }
  });

  it('is not led astray by a stamp that no clock can have given', async () => {
    const { mark, ping, markerEvents, truthOf, consoleOf } = boardOn({
      crystalPpm: 0,
      inMs: 1,
      outMs: 1,
      link: usb,
    });
    mark(100);
    await ping();
    for (let lines = 0; lines < 12; lines += 1) mark(300);
    const events = markerEvents().map((event, index) =>
      index === 7 ? { ...event, deviceAtUs: event.deviceAtUs + 80_000 } : event,
    );
    for (const { lineIndex, hostAtMs, uncertaintyMs } of consoleOf(events).deviceMarks()) {
      const event = events.find((one) => one.lineIndex === lineIndex)!;
      if (events.indexOf(event) !== 7) expect(abs(hostAtMs - truthOf(event))).toBeLessThan(2 * uncertaintyMs);
    }
  });
});

describe('pings of a board', () => {
  it('are sent where its firmware has printed a marker in this boot, and only there', async () => {
    const { mark, ping, typed } = boardOn({ crystalPpm: 0, inMs: 1, outMs: 1, link: usb });
    await ping();
    expect(typed).toEqual([]);
    mark(10);
    await ping();
    expect(typed).toEqual(['hil ping 1', 'hil ping 2', 'hil ping 3']);
  });

  it('are given up in a boot that leaves one unanswered, and say nothing of the console', async () => {
    const { board, mark, ping, typed, deafen, clock } = boardOn({
      crystalPpm: 0,
      inMs: 1,
      outMs: 1,
      link: usb,
    });
    mark(10);
    deafen();
    const before = clock.nowMs();
    await ping();
    expect(clock.nowMs() - before).toBeLessThan(1_100);
    await ping();
    expect(typed).toEqual(['hil ping 1']);
    expect(board.events.map(({ type }) => type)).toEqual(['marker']);
  });

  it('tell of each answer when its question left, and of no other', async () => {
    const { mark, ping, markers, markerEvents, clock } = boardOn({
      crystalPpm: 0,
      inMs: 3,
      outMs: 1,
      link: usb,
    });
    mark(10);
    markers.commands[0]?.run(['hil', 'ping', '1'], () => undefined);
    clock.advance(10);
    await ping();
    const [, foreign, ...pongs] = markerEvents();
    expect(foreign).not.toHaveProperty('pingedAtHostMs');
    expect(pongs.map(({ fields }) => fields['id'])).toEqual([1, 2, 3]);
    for (const { pingedAtHostMs = Infinity, hostAtMs } of pongs) {
      expect(pingedAtHostMs).toBeLessThanOrEqual(hostAtMs);
      expect(hostAtMs - pingedAtHostMs).toBeLessThan(8);
    }
    expect(floor(pongs[0]!.pingedAtHostMs!)).toBeGreaterThanOrEqual(floor(foreign!.hostAtMs));
  });
});
