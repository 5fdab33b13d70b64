import type { Board, BoardEvent } from '../ports';

/** A board of the realtime-ws firmware with what the contract needs done to it from outside. */
export interface BoardUnderContract {
  readonly board: Board;
  /** Makes the firmware execute `SetLightState` with the light on, in an open session. */
  causeLightOn(): Promise<void>;
  /** Takes the port away. */
  unplug(): Promise<void>;
  /** Closes the board and whatever is behind it. */
  close(): Promise<void>;
}

const nextEvent = (board: Board, type: BoardEvent['type']): Promise<BoardEvent> =>
  new Promise((resolve) => {
    const cancel = board.onEvent((event) => {
      if (event.type !== type) return;
      cancel();
      resolve(event);
    });
  });

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

/** What the Board port promises. `open` gives a board that has not been reset since it was opened. */
export function boardContract(name: string, open: () => Promise<BoardUnderContract>): void {
  describe(`Board contract: ${name}`, () => {
    let under: BoardUnderContract;
    let board: Board;

    beforeEach(async () => {
      under = await open();
      board = under.board;
    });
    afterEach(() => under.close());

    it('prints a banner and reaches its application at every reset', async () => {
      for (let round = 1; round <= 3; round += 1) {
        const from = board.console.cursor();
        const banner = board.console.expect(/ESP-ROM:esp32s3-\d{8}/, { withinMs: 5000, from });
        await board.reset();
        expect((await banner).line.boot).toBe(round);
        // The boot before may still be talking when the reset begins.
        const events = board.events.filter(({ boot }) => boot === round).map(({ type }) => type);
        expect(events.slice(0, 3)).toEqual(['boot', 'firmware', 'milestone']);
      }
      expect(board.firmware?.project).toBe('realtime_ws');
    });

    it('gets its session ready, by itself or by command', async () => {
      await board.reset();
      await board.startSession();
      await board.startSession();
      await board.stopSession();
      await board.stopSession();
      await board.startSession();
      const session = board.events.map(({ type }) => type).filter((type) => type.startsWith('session-'));
      expect(session).toEqual(['session-ready', 'session-ended', 'session-ready']);
    });

    it('finds a line that already passed', async () => {
      const from = board.console.cursor();
      await board.reset();
      await board.startSession();
      const match = await board.console.expect(/Calling app_main/, { withinMs: 1, from });
      expect(match.line.index).toBeLessThan(board.console.cursor());
      expect(match.line.deviceAtMs).toBeGreaterThan(0);
    });

    it('keeps lines in order, with times and places that grow', async () => {
      await board.reset();
      await board.startSession();
      const { lines } = board.console;
      for (const [position, line] of lines.entries()) {
        const before = lines[position - 1];
        expect(line.index).toBe(position);
        expect(line.hostAtMs).toBeGreaterThanOrEqual(before?.hostAtMs ?? 0);
        expect(line.byteOffset).toBeGreaterThan(before?.byteOffset ?? -1);
      }
    });

    it('tells evidence when a line does not come', async () => {
      await board.reset();
      const error = await thrownBy(board.console.expect(/no such line/, { withinMs: 20 }));
      expect(error).toMatchObject({
        code: 'HIL_BOARD_CONSOLE_TIMEOUT',
        facts: { pattern: '/no such line/', withinMs: 20, tail: expect.stringMatching(/./) },
      });
      expect((error as { facts: { receivedBytes: number } }).facts.receivedBytes).toBeGreaterThan(500);
    });

    it('tells a function call before what it did', async () => {
      await board.reset();
      await board.startSession();
      const firstEvent = board.events.length;
      const light = nextEvent(board, 'light');
      await under.causeLightOn();
      expect(await light).toMatchObject({ type: 'light', on: true });
      const events = board.events.slice(firstEvent);
      const call = events.findIndex((event) => event.type === 'function-call');
      expect(events[call]).toMatchObject({ name: 'SetLightState', arguments: { LightState: true } });
      expect(call).toBeLessThan(events.findIndex((event) => event.type === 'light'));
    });

    it('reports a lost port once and repeats it to every later call', async () => {
      await board.reset();
      const reports: Error[] = [];
      const lost = new Promise<Error>((resolve) => {
        board.onLost((error) => void reports.push(error));
        board.onLost(resolve);
      });
      const waiting = thrownBy(board.console.expect(/no such line/, { withinMs: 60_000 }));
      await under.unplug();
      const first = await lost;
      expect(first).toMatchObject({ code: 'HIL_BOARD_PORT_LOST' });
      expect(await waiting).toBe(first);
      expect(await thrownBy(board.reset())).toBe(first);
      expect(await thrownBy(board.startSession())).toBe(first);
      expect(await thrownBy(board.console.send('i'))).toBe(first);
      expect(reports).toEqual([first]);
    });

    it('closes twice without a word to those who watch for a loss', async () => {
      await board.reset();
      const reports: Error[] = [];
      board.onLost((error) => void reports.push(error));
      await board.close();
      await board.close();
      expect(reports).toEqual([]);
      expect(await thrownBy(board.reset())).toMatchObject({ code: 'HIL_BOARD_PORT_LOST' });
    });
  });
}
