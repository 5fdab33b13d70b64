import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManualClock } from '../../board/__fixtures__/manual-clock';
import { RecordedConsole } from '../../board/console';
import { packageRoot } from '../../config';
import { BoardError } from '../../errors';
import type { Board } from '../../ports';
import { describeDialect } from '../bench-parts';
import { benchWith, fakeContext, serialBoard } from './__fixtures__/fake-context';
import type { CheckResult } from './check';
import { consoleProbe } from './console-probe';

const recorded = (name: string): Buffer => readFileSync(join(packageRoot(), 'fixtures/consoles', name));

interface Scene {
  /** What the board prints once it is listened to. */
  readonly prints?: Buffer | string;
  /** What it prints when a line was typed; the last again and again. */
  readonly answers?: readonly string[];
  /** The port takes nothing that is typed. */
  readonly takesNothing?: true;
  readonly readsConsole?: boolean;
  readonly plugins?: readonly string[];
}

/** Probes a console; the clock runs as fast as it can. */
async function probe({
  prints = '',
  answers = [],
  readsConsole = true,
  plugins = [],
  takesNothing,
}: Scene): Promise<CheckResult> {
  const clock = new ManualClock();
  let typed = 0;
  const write = (bytes: Buffer): Promise<void> => {
    if (takesNothing)
      return new Promise((_resolve, reject) => {
        const facts = { port: '/dev/b', untakenBytes: 1 };
        clock.after(5_000, () => reject(new BoardError('HIL_BOARD_PORT_FAILED', 'not taken', facts)));
      });
    const answer = answers[Math.min(typed, answers.length - 1)];
    if (answer !== undefined && bytes.includes('\n')) {
      typed += 1;
      console.receive(Buffer.from(answer), clock.nowMs());
    }
    return Promise.resolve();
  };
  const console = new RecordedConsole({ name: 'korvo-1', clock, write, baudRate: 115_200 });
  const board = { ...serialBoard, readsConsole };
  const context = fakeContext({
    config: benchWith({ plugins }),
    board,
    parts: {
      board: () => Promise.resolve({ name: 'korvo-1', console } as unknown as Board),
      dialect: describeDialect(board),
    },
    context: { clock },
  });
  const result = consoleProbe.run(context);
  await new Promise(setImmediate);
  console.receive(Buffer.from(prints), clock.nowMs());
  let isOver = false;
  const over = (): boolean => isOver;
  void result.finally(() => (isOver = true));
  while (!over()) {
    clock.advance(100);
    await new Promise(setImmediate);
  }
  return result;
}

describe('console', () => {
  it('is well when an empty line brings the prompt', async () => {
    expect(await probe({ answers: ['\r\nesp> '] })).toMatchObject({
      state: 'ok',
      seen: 'an empty line is answered with "esp>"',
    });
    expect(await probe({ answers: ['\r\n>>> '] })).toMatchObject({ state: 'ok' });
    // One that boots reads nothing yet, or logs on behind its prompt.
    const booting = ['', 'esp> I (690) wifi:connected with bench\r\n', '\r\nesp> '];
    expect(await probe({ answers: booting })).toMatchObject({ state: 'ok' });
  });

  it('is silent when not a byte comes, which firmware that reads nothing may be', async () => {
    expect(await probe({})).toMatchObject({
      state: 'fail',
      seen: 'silent: not a byte came, not even to an empty line',
      origin: 'bench',
    });
    expect(await probe({ readsConsole: false })).toMatchObject({
      state: 'warn',
      seen: expect.stringMatching(/^silent/) as string,
    });
  });

  it('is output-only when it prints and takes no notice of a line', async () => {
    const prints = 'I (1234) webrtc: Send A:100 [8000:100] Recv A:0 [0:0]\r\n';
    expect(await probe({ prints })).toMatchObject({
      state: 'fail',
      code: 'HIL_BOARD_CONSOLE_OUTPUT_ONLY',
      seen: expect.stringContaining('output-only') as string,
      remedy: expect.stringContaining('readsConsole: false') as string,
    });
    expect(await probe({ prints, takesNothing: true })).toMatchObject({
      state: 'fail',
      code: 'HIL_BOARD_CONSOLE_OUTPUT_ONLY',
    });
    expect(await probe({ prints, readsConsole: false })).toMatchObject({
      state: 'ok',
      seen: expect.stringContaining(
        'output-only, as the bench says; it last printed "I (1234) webrtc',
      ) as string,
    });
  });

  it('is no more than doubted where a team’s own firmware may have a prompt of its own', async () => {
    expect(await probe({ prints: 'ready #\r\n', plugins: ['/x.js'] })).toMatchObject({ state: 'warn' });
  });

  it('is garbage at a wrong baud rate, also without the end of a line', async () => {
    const garbage = recorded('wrong-rate.bin');
    for (const prints of [garbage, Buffer.from(garbage.filter((byte) => byte !== 0x0a && byte !== 0x0d))]) {
      expect(await probe({ prints, readsConsole: false })).toMatchObject({
        state: 'fail',
        code: 'HIL_BOARD_CONSOLE_GARBLED',
        seen: expect.stringMatching(/^\d+ of \d+ bytes are no text, as at a wrong baud rate$/) as string,
        remedy: expect.stringContaining('baudRate') as string,
      });
    }
  });

  it('is readable text in Chinese, with colours and NULs', async () => {
    for (const name of ['chinese.txt', 'colours-and-nuls.bin'])
      expect(await probe({ prints: recorded(name), readsConsole: false })).toMatchObject({ state: 'ok' });
  });

  it('shows a chip in its download mode, and firmware that hangs in the GDB stub', async () => {
    expect(await probe({ prints: recorded('download-mode.txt') })).toMatchObject({
      state: 'fail',
      code: 'HIL_BOARD_DOWNLOAD_MODE',
    });
    expect(await probe({ prints: recorded('panic-gdb-stub.txt') })).toMatchObject({
      state: 'fail',
      code: 'HIL_BOARD_PANIC',
      origin: 'board',
    });
  });
});
