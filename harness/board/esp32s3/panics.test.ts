import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededUniform } from '../../units';
import type { BoardEvent, ConsoleLine } from '../../ports';
import { consoleStream } from '../__fixtures__/console-stream';
import { ManualClock } from '../__fixtures__/manual-clock';
import { RecordedConsole } from '../console';
import { panicStart } from './panic-grammar';
import { PanicReader } from './panic-reader';

const folder = join(__dirname, '../../../fixtures/consoles/panics');
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
const stream = (file: string): Buffer => consoleStream(`panics/${file}`);

interface Heard {
  readonly events: readonly BoardEvent[];
  readonly lines: readonly ConsoleLine[];
  readonly receivedBytes: number;
  readonly handedOn: Buffer;
}

/** What the reader makes of bytes that arrive in these pieces, silence at their end. */
function hear(chunks: readonly Buffer[]): Heard {
  const write = () => Promise.resolve();
  const console = new RecordedConsole({ name: 'b', clock: new ManualClock(), write, baudRate: 115_200 });
  const reader = new PanicReader('korvo-1');
  const events: BoardEvent[] = [];
  const handedOn: Buffer[] = [];
  console.onLine((line) => events.push(...reader.read(line)));
  console.onBytes((bytes) => handedOn.push(bytes));
  for (const chunk of chunks) console.receive(chunk, 0);
  console.end(new Error('over'));
  events.push(...reader.readSilence());
  return {
    events,
    lines: console.lines,
    receivedBytes: console.receivedBytes,
    handedOn: Buffer.concat(handedOn),
  };
}

/** Facts that say what was printed where, not what kind of crash it is. */
const evidence: ReadonlySet<string> = new Set([
  'lines',
  'registers',
  'backtrace',
  'otherCore',
  'elfSha256Prefix',
  'excvaddr',
]);

/** A crash by the facts that tell its kind; a complaint by its text. */
function kindOf(event: BoardEvent): unknown {
  if (event.type === 'fault')
    return Object.fromEntries(Object.entries(event.error.facts).filter(([name]) => !evidence.has(name)));
  return event.type === 'complaint' ? event.text : event.type;
}

const guru = { core: 0, pc: '0x42009a1e', endState: 'rebooted' } as const;
const plain = { endState: 'rebooted' } as const;
const watchdog = 'The task watchdog was triggered.';

/** What each stream is: exactly these events, with these facts and no others beside registers and backtraces. */
const kinds: Readonly<Record<string, readonly unknown[]>> = {
  'abort.txt': [{ ...plain, reason: 'abort', core: 1, pc: '0x4200abcd' }],
  'assert.txt': [{ ...plain, reason: 'assert play_reply reply_player.c:123 (frames > 0)' }],
  'break-instruction.txt': [{ ...guru, reason: 'Unhandled debug exception', detail: 'BREAK instr' }],
  'brownout-5.0.txt': [{ ...plain, reason: 'brownout' }],
  'brownout-5.4.txt': [{ ...plain, reason: 'brownout' }],
  'cache-disabled.txt': [{ ...guru, reason: 'Cache disabled but cached memory region accessed' }],
  'cache-error.txt': [{ ...guru, reason: 'Cache error' }],
  'coprocessor-exception.txt': [{ ...guru, reason: 'Coprocessor exception' }],
  'core-dump-again.txt': [{ ...guru, reason: 'StoreProhibited', nullPointer: true }],
  'core-dump-flash.txt': [{ ...guru, reason: 'StoreProhibited', nullPointer: true }],
  'core-dump-uart.txt': [{ ...guru, reason: 'StoreProhibited', nullPointer: true, endState: 'core-dump' }],
  'cxx-exception.txt': [{ ...plain, reason: 'uncaught std::runtime_error', core: 1, pc: '0x4200abcd' }],
  'debugger.txt': [{ reason: 'StoreProhibited', core: 0, endState: 'debugger' }],
  'deep-recursion.txt': [
    { ...guru, reason: 'StoreProhibited', backtraceCut: true, backtraceEnd: 'continues' },
  ],
  'double-exception.txt': [
    { ...guru, reason: 'Double exception', backtraceCut: true, backtraceEnd: 'corrupted' },
  ],
  'error-check-survived.txt': [
    'ESP_ERROR_CHECK failed: esp_err_t 0x103 (ESP_ERR_INVALID_STATE) at 0x4200abc1',
  ],
  'fetch-prohibited.txt': [
    {
      ...guru,
      reason: 'InstrFetchProhibited',
      pc: '0x00000000',
      backtraceCut: true,
      backtraceEnd: 'corrupted',
    },
  ],
  'hardware-breakpoint.txt': [{ ...guru, reason: 'Unhandled debug exception', detail: 'HwBreakpoint' }],
  'heap-freed.txt': [{ ...plain, reason: 'corrupt heap: Invalid data' }],
  'heap-head.txt': [{ ...plain, reason: 'corrupt heap: Bad head' }],
  'heap-size.txt': [{ ...plain, reason: 'corrupt heap: Size' }],
  'heap-tail.txt': [{ ...plain, reason: 'corrupt heap: Bad tail' }],
  'illegal-instruction.txt': [{ ...guru, reason: 'IllegalInstruction' }],
  'integer-divide-by-zero.txt': [{ ...guru, reason: 'IntegerDivideByZero' }],
  'interrupt-watchdog-0.txt': [{ ...guru, reason: 'Interrupt wdt timeout on CPU0', inInterrupt: true }],
  'interrupt-watchdog-1.txt': [{ ...guru, reason: 'Interrupt wdt timeout on CPU1', core: 1 }],
  'load-prohibited.txt': [{ ...guru, reason: 'LoadProhibited', core: 1, nullPointer: true }],
  'load-store-alignment.txt': [{ ...guru, reason: 'LoadStoreAlignment' }],
  'memory-protection.txt': [{ ...guru, reason: 'Memory protection fault' }],
  'mid-line.txt': [{ ...guru, reason: 'StoreProhibited', nullPointer: true }],
  'out-of-memory.txt': [{ ...plain, reason: 'out of memory' }],
  'reboot-delay.txt': [{ ...guru, reason: 'StoreProhibited', nullPointer: true }],
  // The only evidence is the banner, which is the boot log's to read.
  'silent-reboot.txt': [],
  'single-step.txt': [{ ...guru, reason: 'Unhandled debug exception', detail: 'SingleStep' }],
  'stack-canary.txt': [{ ...guru, reason: 'stack overflow', task: 'audio_tx' }],
  'stack-overflow.txt': [{ ...plain, reason: 'stack overflow', task: 'audio_tx' }],
  'stack-smashing.txt': [{ ...plain, reason: 'stack smashing', core: 1, pc: '0x4200abcd' }],
  'task-watchdog-abort.txt': [watchdog, { ...plain, reason: 'task watchdog', core: 0, pc: '0x42015d2c' }],
  'task-watchdog-both.txt': [watchdog],
  'twice.txt': [{ ...guru, reason: 'StoreProhibited', nullPointer: true }],
  'unhandled-kernel-exception.txt': [{ ...guru, reason: 'Unhandled kernel exception' }],
  'unknown-reason.txt': [{ ...guru, reason: 'Unknown reason' }],
  'watchpoint.txt': [{ ...guru, reason: 'Unhandled debug exception', detail: 'Watchpoint 0 triggered' }],
};

describe('panics of every kind', () => {
  it('are all told of here', () => {
    expect(Object.keys(kinds).sort()).toEqual([...files].sort());
  });

  it.each(files)('%s is exactly what it is', (file) => {
    expect(hear([stream(file)]).events.map(kindOf)).toEqual(kinds[file]);
  });

  it.each(files)('%s is the same byte by byte', (file) => {
    const bytes = stream(file);
    const { events } = hear(Array.from(bytes, (byte) => Buffer.of(byte)));
    expect(events).toEqual(hear([bytes]).events);
  });

  it('give the same lines wherever two chunks meet', () => {
    const texts = (chunks: readonly Buffer[]) => hear(chunks).lines.map(({ text }) => text);
    const differing = files.flatMap((file) =>
      // Between two lines the assembler holds nothing, so each line can be cut by itself.
      [
        ...new Set(
          stream(file)
            .toString('latin1')
            .split(/(?<=\n)/),
        ),
      ].flatMap((text) => {
        const line = Buffer.from(text, 'latin1');
        const whole = texts([line]).join('\n');
        return Array.from(line, (_, cut) => texts([line.subarray(0, cut), line.subarray(cut)]).join('\n'))
          .filter((cutText) => cutText !== whole)
          .map(() => `${file}: ${text}`);
      }),
    );
    expect(differing).toEqual([]);
  });

  it('keep the other core apart, with registers and backtrace', () => {
    const [event] = hear([stream('interrupt-watchdog-0.txt')]).events;
    expect(event).toMatchObject({
      error: {
        facts: {
          backtrace: { length: 3 },
          registers: { PC: '0x42009a1e', EPC1: '0x42011c3e' },
          otherCore: { core: 1, registers: { PC: '0x40378c12' }, backtrace: { length: 3 } },
        },
      },
    });
  });

  it('have up to a hundred frames', () => {
    const [event] = hear([stream('deep-recursion.txt')]).events;
    expect(event).toMatchObject({ error: { facts: { backtrace: { length: 100 } } } });
  });

  it('lose no byte to bursts of noise, and never throw', () => {
    const random = seededUniform(20261121);
    const below = (count: number): number => Math.floor(random() * count);
    const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));
    for (const file of files)
      for (let round = 0; round < 12; round += 1) {
        let bytes = stream(file);
        for (let burst = 1 + below(5); burst > 0; burst -= 1) {
          const at = below(bytes.length);
          // Some are put between, some in place of what was printed.
          bytes = Buffer.concat([
            bytes.subarray(0, at),
            noise(1 + below(120)),
            bytes.subarray(at + below(60)),
          ]);
        }
        const chunks: Buffer[] = [];
        for (let at = 0; at < bytes.length;) {
          const length = 1 + below(200);
          chunks.push(bytes.subarray(at, at + length));
          at += length;
        }
        const heard = hear(chunks);
        expect(heard.receivedBytes).toBe(bytes.length);
        expect(heard.handedOn.equals(bytes)).toBe(true);
      }
  });

  it('are found behind noise, as before it', () => {
    const random = seededUniform(7);
    // Without the letters that could make a word of it, and closed by a line end.
    const burst = Buffer.from([...Array.from({ length: 300 }, () => 0x80 + Math.floor(random() * 0x80)), 10]);
    for (const file of files)
      expect(hear([burst, stream(file), burst]).events.map(kindOf)).toEqual(kinds[file]);
  });

  it('say of each of their lines where it comes from', () => {
    const { $comment, ...sources } = JSON.parse(readFileSync(join(folder, 'sources.json'), 'utf8')) as Record<
      string,
      readonly { readonly lines: string; readonly shape: string; readonly values: string }[]
    >;
    expect($comment).toMatch(/invented/);
    expect(Object.keys(sources).sort()).toEqual([...files].sort());
    for (const [file, rows] of Object.entries(sources)) {
      const count = stream(file)
        .toString('latin1')
        .split(/(?<=\n)/).length;
      expect([file, rows.map(({ lines }) => lines)]).toEqual([file, [`1-${count}`]]);
      expect(rows.every(({ shape, values }) => /device\.md 3/.test(shape) && values === 'invented')).toBe(
        true,
      );
    }
  });
});

/** device.md section 3.1. */
const reasons =
  'IllegalInstruction, Syscall, InstructionFetchError, LoadStoreError, Level1Interrupt, Alloca, IntegerDivideByZero, ' +
  'PCValue, Privileged, LoadStoreAlignment, InstrPDAddrError, LoadStorePIFDataError, InstrPIFAddrError, ' +
  'LoadStorePIFAddrError, InstTLBMiss, InstTLBMultiHit, InstFetchPrivilege, InstrFetchProhibited, LoadStoreTLBMiss, ' +
  'LoadStoreTLBMultihit, LoadStorePrivilege, LoadProhibited, StoreProhibited, Cp0Dis, Cp7Dis, res, Unknown reason, ' +
  'Unhandled debug exception, Double exception, Unhandled kernel exception, Coprocessor exception, ' +
  'Interrupt wdt timeout on CPU0, Cache disabled but cached memory region accessed, Memory protection fault';

it.each(reasons.split(', '))('a panic by %s is called so', (reason) => {
  expect(
    panicStart(`I (12Guru Meditation Error: Core  1 panic'ed (${reason}). Exception was unhandled.`),
  ).toEqual({
    reason,
    core: 1,
  });
});
