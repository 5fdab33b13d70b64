import { garbledBytes, isUntaken } from '../../board';
import { isHilError } from '../../errors';
import type { Board, ConsoleLine } from '../../ports';
import { fail, ok, warn, type Check, type CheckContext, type CheckResult } from './check';
import { pause } from './pause';

/** A REPL draws its prompt anew at once; a board that is busy printing is given the time to end its lines. */
const PROMPT_WITHIN_MS = 500;
/** What is typed while a board boots is lost, or its prompt has a line of the log behind it at once. */
const TYPED_AT_MOST = 3;
/** A board that reads nothing is listened to for so long: `openai_demo` prints every 2 s, xiaozhi every 10. */
const LISTEN_MS = 2_500;
/** As ESP-IDF's console and MicroPython draw them (device.md sections 2.3 and 8). */
const PROMPTS: readonly RegExp[] = [/esp>\s*$/, />>>\s*$/];
const DOWNLOAD_MODE = /waiting for download/;
/** What the GDB stub sends and goes on sending (device.md section 3.2). */
const GDB_STUB = /\$T[0-9a-f]{2}#[0-9a-f]{2}/;
/** Of fewer bytes nobody can say whether they are text. */
const LEAST_BYTES = 32;
/** As of a console that cannot be read: text has no such bytes, a wrong rate makes most bytes such. */
const GARBLED_SHARE = 0.15;
const SHOWN_CHARACTERS = 60;
const RECENT_LINES = 50;

const shown = (line: ConsoleLine | undefined): string =>
  JSON.stringify((line?.text ?? '').slice(0, SHOWN_CHARACTERS));

/** The console can be read, and is as the bench file says. */
export const consoleProbe: Check = {
  id: 'console',
  title: 'console',
  group: 'board',
  expected:
    'the console is text, and answers an empty line with its prompt where the firmware reads commands',
  remedy:
    'Look at `earshot monitor`; check that the board has power, that this is its console, and `baudRate` and `readsConsole` in the bench file.',
  needs: ['port', 'permission', 'lock', 'reset'],
  uses: ['port'],
  withinMs: 6_000,
  async run(context: CheckContext) {
    const board = await context.parts.board();
    const heard: Buffer[] = [];
    const cancel = board.console.onBytes((bytes) => heard.push(bytes));
    const reads = context.parts.dialect.capabilities.includes('console-input');
    const prompt = reads ? await promptOf(board) : undefined;
    if (!reads) await pause(context.clock, LISTEN_MS, context.signal);
    cancel();
    return judgeConsole(board, {
      reads,
      prompt,
      heard: Buffer.concat(heard),
      hasOwnDialects: context.config.plugins.length > 0,
    });
  },
};

/** The prompt that an empty line brought, or one of a few; undefined: none came. */
async function promptOf({ console }: Board): Promise<string | undefined> {
  const from = console.cursor();
  for (let typed = 0; typed < TYPED_AT_MOST; typed += 1) {
    const answered = console.expectAny(PROMPTS, { withinMs: PROMPT_WITHIN_MS, from });
    answered.catch(() => undefined); // Awaited below, after the line has gone out.
    try {
      await console.send('');
    } catch (cause) {
      // Nobody reads what the port does not take, and a further line would not be taken either.
      if (isUntaken(cause)) return undefined;
      throw cause;
    }
    try {
      return (await answered).groups[0]?.trim();
    } catch (cause) {
      if (!isHilError(cause) || cause.code !== 'HIL_BOARD_CONSOLE_TIMEOUT') throw cause;
    }
  }
  return undefined;
}

interface Probe {
  /** The firmware is said to read commands. */
  readonly reads: boolean;
  readonly prompt: string | undefined;
  /** What came while it was listened to; an unfinished line of garbage is in no line yet. */
  readonly heard: Buffer;
  readonly hasOwnDialects: boolean;
}

function judgeConsole({ name, console }: Board, probe: Probe): CheckResult {
  const { reads, prompt, heard, hasOwnDialects } = probe;
  const { lines, receivedBytes } = console;
  const last = lines.at(-1);
  const before = {
    bytes: receivedBytes,
    garbled: lines.reduce((sum, line) => sum + (line.garbledBytes ?? 0), 0),
  };
  const now = { bytes: heard.length, garbled: garbledBytes(heard) };
  const unreadable = [now, before].find(isGarbled);
  const facts = { board: name, receivedBytes };
  if (unreadable !== undefined)
    return fail(`${unreadable.garbled} of ${unreadable.bytes} bytes are no text, as at a wrong baud rate`, {
      code: 'HIL_BOARD_CONSOLE_GARBLED',
      remedy:
        'Set `baudRate` in the bench file to that of the firmware (CONFIG_ESP_CONSOLE_UART_BAUDRATE), and check cable and ground; the binary log of ESP-IDF cannot be read.',
      facts,
    });
  if (prompt !== undefined) return ok(`an empty line is answered with ${JSON.stringify(prompt)}`, facts);
  // The stub's packets and the ROM's last line may stand there without an end.
  const recent = `${lines
    .slice(-RECENT_LINES)
    .map(({ text }) => text)
    .join('\n')}\n${heard.toString()}`;
  if (DOWNLOAD_MODE.test(recent))
    return fail('the chip is in its download mode: "waiting for download"', {
      code: 'HIL_BOARD_DOWNLOAD_MODE',
      remedy: 'Let go of the BOOT button and of whatever else pulls GPIO0 low, and reset the board.',
      facts,
    });
  if (GDB_STUB.test(recent))
    return fail('the firmware has crashed and waits in the GDB stub', {
      code: 'HIL_BOARD_PANIC',
      origin: 'board',
      remedy: 'Reset the board (`earshot doctor --reset`), and decode what it printed with `earshot decode`.',
      facts,
    });
  if (receivedBytes === 0) return silence(reads, facts);
  if (!reads) return ok(`output-only, as the bench says; it last printed ${shown(last)}`, facts);
  const seen = `it prints (last ${shown(last)}) and takes no notice of an empty line`;
  // The prompt of a team's own firmware may look like anything.
  if (hasOwnDialects) return warn(`${seen}, or its prompt is none that Earshot knows`, { facts });
  return fail(`${seen}: output-only`, {
    code: 'HIL_BOARD_CONSOLE_OUTPUT_ONLY',
    remedy:
      'Use the UART connector, build with CONFIG_ESP_CONSOLE_USB_SERIAL_JTAG, or write `readsConsole: false` into the bench file.',
    facts,
  });
}

const isGarbled = ({ bytes, garbled }: { readonly bytes: number; readonly garbled: number }): boolean =>
  bytes >= LEAST_BYTES && garbled >= bytes * GARBLED_SHARE;

function silence(reads: boolean, facts: { readonly board: string }): CheckResult {
  if (reads)
    return fail('silent: not a byte came, not even to an empty line', {
      remedy:
        'Give the board power, check that TX and RX are not swapped and that this is the connector of its console; `--reset` shows whether it boots.',
      facts,
    });
  return warn(`silent: it printed nothing in ${LISTEN_MS / 1000} s, which firmware at rest may do`, {
    expected: 'lines of a console that is output-only',
    remedy: 'Run `earshot doctor --reset`, which shows whether the board boots.',
    facts,
  });
}
