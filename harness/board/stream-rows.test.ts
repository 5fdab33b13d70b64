/** Every row of what a board prints (device.md sections 2, 3 and 9) stands in a stream of fixtures/consoles, which the parsers' tests cut and garble. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { consoleStream } from './__fixtures__/console-stream';

type Row = readonly [row: string, stream: string, shape: RegExp];

const esc = String.fromCharCode(0x1b);
const nul = String.fromCharCode(0);
const backspace = String.fromCharCode(8);

const log: readonly Row[] = [
  [
    'V1, colours on, green',
    'log-stamps.txt',
    new RegExp(`^${esc}\\[0;32mI \\(1080\\) .*${esc}\\[0m\\r$`, 'm'),
  ],
  ['V1, colours on, yellow', 'log-stamps.txt', new RegExp(`^${esc}\\[0;33mW \\(`, 'm')],
  ['V1, colours on, red', 'log-stamps.txt', new RegExp(`^${esc}\\[0;31mE \\(`, 'm')],
  ['bold colours of an application', 'log-stamps.txt', new RegExp(`^${esc}\\[1;3\\dmE \\(`, 'm')],
  ['V1, colours off', 'log-stamps.txt', /^W \(1140\) spi_flash: /m],
  ['debug and verbose', 'log-stamps.txt', /^D \(\d+\) [^]*^V \(\d+\) /m],
  ['stamps of RTOS', 'log-stamps.txt', /^I \(1070\) main_task: /m],
  ['stamps of SYSTEM', 'log-stamps.txt', /^W \(12:34:56\.789\) /m],
  ['stamps of SYSTEM_FULL', 'log-stamps.txt', /^I \(25-12-31 23:59:59\.999\) /m],
  ['stamps of SYSTEM_FULL in v5.5.1', 'log-stamps.txt', /^I \(125-12-31 23:59:59\.999\) /m],
  ['stamps of UNIX', 'log-stamps.txt', /^I \(1735689599123\) /m],
  ['no stamps', 'log-stamps.txt', /^I NETWORK: /m],
  ['two timebases in one stream', 'log-stamps.txt', /^I \(00:00:01\.070\)[^]*^I \(592\) wifi:/m],
  ['ESP_DRAM_LOG', 'log-stamps.txt', /^E cpu_start: Failed to init external RAM!\r$/m],
  ['prose that looks like a log line', 'log-stamps.txt', /^I think so: yes\r$/m],
  ['a tag with a space', 'log-stamps.txt', /^I \(\d+\) MSPI Timing: /m],
  ['a blob without a space behind its tag', 'log-stamps.txt', /^I \(\d+\) wifi:\S/m],
  ['a message of several lines', 'log-stamps.txt', /Send client sdp: v=0\r\no=- /],
  ['the binary log', 'binary-log.bin', new RegExp(`[${String.fromCharCode(1)}-${String.fromCharCode(5)}]`)],
];

const printf: readonly Row[] = [
  ['no prefix', 'printf-lines.txt', /^Light set to ON\r$/m],
  ['CR CR LF', 'printf-lines.txt', /disabled\.\r\r\n/],
  ['an extra blank line', 'printf-lines.txt', /Recv A:.*\r\n\r\n/],
  ['a line behind the prompt', 'printf-lines.txt', /^esp> I \(1790\) /m],
  [
    'a line behind a prompt in colour',
    'printf-lines.txt',
    new RegExp(`^${esc}\\[0;32mesp> ${esc}\\[0mL`, 'm'),
  ],
  ['behind several prompts', 'printf-lines.txt', /^esp> esp> Door/m],
  ['a line between keystrokes', 'printf-lines.txt', /^esp> stI \(9100\) .*\r\nart\r$/m],
  ['bytes that native USB dropped', 'native-usb-drops.txt', /bI \(1110\)/],
  ['the ROM in the middle of a line', 'printf-lines.txt', /NETWORK: gESP-ROM:/],
];

const repl: readonly Row[] = [
  ['the capability query', 'console-dumb.txt', new RegExp(`${esc}\\[5n`)],
  [
    'start-up of dumb mode',
    'console-dumb.txt',
    /does not support escape sequences\.[^]*are disabled\.[^]*Putty/,
  ],
  ['an open prompt', 'console-dumb.txt', /\r\nesp> $/],
  ['an empty command', 'console-dumb.txt', /^esp> \r$/m],
  ['Unrecognized command', 'console-dumb.txt', /^esp> hlep\r\nUnrecognized command\r$/m],
  [
    'an error code',
    'console-dumb.txt',
    /^Command returned non-zero error code: 0x102 \(ESP_ERR_INVALID_ARG\)\r$/m,
  ],
  ['an internal error', 'console-dumb.txt', /^Internal error: ESP_ERR_NO_MEM\r$/m],
  ['help', 'console-dumb.txt', /^help {2}\r\n {2}Print the list of registered commands\r\n\r$/m],
  ['a key that is erased', 'console-dumb.txt', new RegExp(`${backspace} ${backspace}`)],
  [
    'a cursor query with its NUL',
    'console-smart.bin',
    new RegExp(`${esc}\\[6n\\x00${esc}\\[999C\\x00${esc}\\[6n\\x00`),
  ],
  [
    'a line drawn again for each key',
    'console-smart.bin',
    new RegExp(`\\r${esc}\\[0;32mesp> ${esc}\\[0ms${esc}\\[0K`),
  ],
  ['smart mode amid a log', 'colours-and-nuls.bin', new RegExp(nul)],
];

const guru = (reason: string): RegExp =>
  new RegExp(`^Guru Meditation Error: Core {2}\\d panic'ed \\(${reason}\\)`, 'm');

const exceptions: readonly Row[] = [
  [
    'IllegalInstruction, and its memory dump',
    'illegal-instruction',
    /^Memory dump at 0x[0-9a-f]{8}: (?:[0-9a-f]{8} ?){3}\r$/m,
  ],
  ['IntegerDivideByZero', 'integer-divide-by-zero', guru('IntegerDivideByZero')],
  ['LoadStoreAlignment', 'load-store-alignment', guru('LoadStoreAlignment')],
  ['InstrFetchProhibited', 'fetch-prohibited', guru('InstrFetchProhibited')],
  ['LoadProhibited', 'load-prohibited', guru('LoadProhibited')],
  ['StoreProhibited', 'reboot-delay', guru('StoreProhibited')],
  ['Unknown reason', 'unknown-reason', guru('Unknown reason')],
  ['Unhandled debug exception', 'break-instruction', guru('Unhandled debug exception')],
  ['Double exception', 'double-exception', guru('Double exception')],
  ['Unhandled kernel exception', 'unhandled-kernel-exception', guru('Unhandled kernel exception')],
  ['Coprocessor exception', 'coprocessor-exception', guru('Coprocessor exception')],
  ['Interrupt wdt timeout on CPU0', 'interrupt-watchdog-0', guru('Interrupt wdt timeout on CPU0')],
  ['Interrupt wdt timeout on CPU1', 'interrupt-watchdog-1', guru('Interrupt wdt timeout on CPU1')],
  ['Cache disabled', 'cache-disabled', guru('Cache disabled but cached memory region accessed')],
  ['Cache error', 'cache-error', guru('Cache error')],
  ['Memory protection fault', 'memory-protection', guru('Memory protection fault')],
  [
    'debug: stack canary',
    'stack-canary',
    /^Debug exception reason: Stack canary watchpoint triggered \(\w+\) \r$/m,
  ],
  ['debug: SingleStep', 'single-step', /^Debug exception reason: SingleStep \r$/m],
  ['debug: HwBreakpoint', 'hardware-breakpoint', /^Debug exception reason: HwBreakpoint \r$/m],
  ['debug: watchpoint', 'watchpoint', /^Debug exception reason: Watchpoint \d triggered \r$/m],
  ['debug: BREAK instr', 'break-instruction', /^Debug exception reason: BREAK instr \r$/m],
  ['begun in the middle of a line', 'mid-line', /[^\n]Guru Meditation Error/],
  [
    'registers, four a row',
    'reboot-delay',
    /^PC {6}: 0x[0-9a-f]{8} {2}PS {6}: [^]*LCOUNT {2}: 0x[0-9a-f]{8} {2}\r$/m,
  ],
  ['both cores', 'interrupt-watchdog-0', /^Core {2}0 register dump:[^]*^Core {2}1 register dump:/m],
  ['in an interrupt', 'interrupt-watchdog-0', /^Core {2}0 was running in ISR context:\r\nEPC1 {4}: 0x/m],
  ['a corrupted backtrace', 'double-exception', / \|<-CORRUPTED\r$/m],
  ['a backtrace that continues', 'deep-recursion', / \|<-CONTINUES\r$/m],
  ['an upper-case backtrace', 'task-watchdog-both', /^Backtrace: 0x42015D29:/m],
  ['the SHA of the ELF', 'reboot-delay', /^ELF file SHA256: [0-9a-f]{9}\r$/m],
];

const endings: readonly Row[] = [
  ['PRINT_REBOOT', 'abort', /^Rebooting\.\.\.\r\nESP-ROM:esp32s3[^]*^rst:0xc \(/m],
  ['with a delay', 'reboot-delay', /^Rebooting in {2}5 seconds\.\.\.\r\nRebooting\.\.\.\r$/m],
  ['PRINT_HALT', '../panic-abort-halt', /^CPU halted\.\r$/m],
  ['SILENT_REBOOT', 'silent-reboot', /^I \(15290\) .*\r\nESP-ROM:esp32s3[^]*^rst:0xc \(/m],
  ['GDBSTUB', '../panic-gdb-stub', /^Entering gdb stub now\.\r\n\$T0b#e6$/m],
  ['a debugger', 'debugger', /^Setting breakpoint at 0x[0-9a-f]{8} and returning\.\.\.\r$/m],
  [
    'a core dump inside a core dump',
    'core-dump-again',
    /^Re-entered core dump! Exception happened during core dump!\r$/m,
  ],
  [
    'a panic inside the handler',
    'twice',
    /^Panic handler entered multiple times\. Abort panic handling\. Rebooting \.\.\.\r$/m,
  ],
  ['a report that breaks off', '../panic-cut', /A stack overflow in task/],
];

const detected: readonly Row[] = [
  ['abort', 'abort', /^\r\nabort\(\) was called at PC 0x[0-9a-f]{8} on core 1\r$/m],
  ['assert', 'assert', /^assert failed: play_reply reply_player\.c:123 \(frames > 0\)\r$/m],
  [
    'ESP_ERROR_CHECK',
    '../panic-abort-halt',
    /^ESP_ERROR_CHECK failed: esp_err_t 0x103 \(ESP_ERR_INVALID_STATE\) at 0x[^]*^file: "[^]*^func: [^]*^expression: [^]*^abort\(\)/m,
  ],
  ['ESP_ERROR_CHECK_WITHOUT_ABORT', 'error-check-survived', /^ESP_ERROR_CHECK_WITHOUT_ABORT failed: /m],
  [
    'the overflow hook',
    'stack-overflow',
    /^\*\*\*ERROR\*\*\* A stack overflow in task audio_tx has been detected\.\r$/m,
  ],
  ['stack smashing', 'stack-smashing', /^Stack smashing protect failure!\r$/m],
  ['heap: bad head', 'heap-head', /^CORRUPT HEAP: Bad head at 0x[0-9a-f]{8}\. Expected 0xabba1234 got 0x/m],
  ['heap: bad tail', 'heap-tail', /^CORRUPT HEAP: Bad tail at 0x[0-9a-f]{8}\. Expected 0xbaad5678 got 0x/m],
  ['heap: invalid data', 'heap-freed', /^CORRUPT HEAP: Invalid data at /m],
  ['heap: size', 'heap-size', /^CORRUPT HEAP: Size at .* expected <= /m],
  ['C++', 'cxx-exception', /^terminate called [^]*^abort\(\) was called/m],
  [
    'the task watchdog',
    '../task-watchdog',
    /^E \(\d+\) task_wdt: Task watchdog got triggered\.[^]* {2}- IDLE0[^]*Tasks currently running:[^]*CPU 0: audio_tx[^]*Print CPU 0 \(current core\) backtrace[^]*^Backtrace: /m,
  ],
  ['the task watchdog that aborts', 'task-watchdog-abort', /^E \(\d+\) task_wdt: Aborting\.\r$/m],
  ['brownout up to v5.0', 'brownout-5.0', /^\r\nBrownout detector was triggered\r\n\r$/m],
  ['brownout from v5.1', 'brownout-5.4', /^I BOD: Brownout detector was triggered\r$/m],
  ['brownout from v5.5', '../brownout', /^E BOD: Brownout detector was triggered\r$/m],
  ['an allocation that fails', 'out-of-memory', /^Mem alloc fail\. size 0x[0-9a-f]+ caps 0x/m],
];

const coreDumps: readonly Row[] = [
  ['waits for Enter', 'core-dump-uart', /Press Enter to print core dump to UART\.\.\./],
  [
    'over the console',
    'core-dump-uart',
    /^=+ CORE DUMP START =+\r\n(?:[A-Za-z0-9+/=]+\r\n)+=+ CORE DUMP END =+\r\nCoredump checksum='[0-9a-f]+'\r$/m,
  ],
  [
    'into the flash',
    'core-dump-flash',
    /Save core dump to flash\.\.\.\r\n.*Core dump has been saved to flash\.\r$/m,
  ],
];

const dialects: readonly Row[] = [
  ['9.2 the ESP-IDF chat client', 'idf-chat.txt', /HTTP_AI_CLIENT: HTTP示例完成\r$/m],
  ['9.2 its second listing', 'idf-chat.txt', /OPENAI_REALTIME_DEMO: OpenAI partial resp: /],
  ['9.3 the embedded SDK', 'realtime-embedded-sdk.txt', /realtimeapi-sdk: PeerConnectionState: completed/],
  ['9.3 libpeer', 'realtime-embedded-sdk.txt', /^INFO\t\.\/src\/peer_connection\.c\t\d+\t/m],
  ['9.4 B0', 'openai-demo-b0.txt', /^Function Call \{"type":[^]*Event 3=/m],
  ['9.4 B1', 'openai-demo-b1.txt', /^=+Event 1=+\r\n=+Event 4=+\r$/m],
  ['9.4 B2', 'openai-demo-b2.txt', /^=+Event 1=+\r\n[^]*^=+Event 2=+\r$/m],
  ['9.4 G0', 'openai-demo-g0.txt', /OPENAI_SIGNALING: [^]*Realtime error: /],
  ['9.4 G1', 'openai-demo-g1.txt', /^Function Call name=\w+ call_id=\w+ args=\{/m],
  ['9.4 the command i', 'system-state.txt', /SYS_STATE: MEM Avail:\d+, IRam:\d+, PSRam:\d+\r\n\r\n\| Task /],
  [
    '9.5 xiaozhi',
    'xiaozhi.log',
    /StateMachine: State: idle -> connecting[^]*Application: >> [^]*Application: << /,
  ],
  ['8 the MicroPython chat client', 'micropython-chat.txt', /^=== 启动系统 ===\r[^]*^AI回复: /m],
  ['8 its REPL', 'micropython-chat.txt', /^MicroPython v1\.26\.0 on [^]*^>>> [^]*raw REPL; CTRL-B to exit/m],
  ['8 soft reset', 'micropython-soft-reset.txt', /MPY: soft reboot/],
];

const panic = ([row, stream, shape]: Row): Row => [row, `panics/${stream}.txt`, shape];

describe.each<[string, readonly Row[]]>([
  ['2.1 log lines', log],
  ['2.2 raw text', printf],
  ['2.3 the REPL', repl],
  ['3.1 exceptions', exceptions.map(panic)],
  ['3.1 endings', endings.map(panic)],
  ['3.2 failures that software finds', detected.map(panic)],
  ['3.3 core dumps', coreDumps.map(panic)],
  ['9 dialects', dialects],
])('device.md %s', (_section, rows) => {
  it.each(rows)('has a stream for %s', (_row, stream, shape) => {
    expect(consoleStream(stream).toString()).toMatch(shape);
  });
});

it('names every stream of a crash', () => {
  const named = [...exceptions, ...endings, ...detected, ...coreDumps].map(([, stream]) => `${stream}.txt`);
  const kept = readdirSync(join(__dirname, '../../fixtures/consoles/panics')).filter((name) =>
    name.endsWith('.txt'),
  );
  expect(kept.filter((name) => !named.includes(name))).toEqual([]);
});
