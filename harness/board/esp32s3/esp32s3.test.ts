import type { BoardEvent, ConsoleLine } from '../../ports';
import { consoleLines } from '../__fixtures__/console-lines';
import { stampEvent } from '../event-body';
import { bootLogReader } from './boot-log';
import { PanicReader } from './panic-reader';

function readBoot(lines: readonly ConsoleLine[]): BoardEvent[] {
  const read = bootLogReader();
  return lines.flatMap((line) => read(line).map((body) => stampEvent(body, line)));
}

function readPanics(lines: readonly ConsoleLine[]): BoardEvent[] {
  const reader = new PanicReader('korvo-1');
  return [...lines.flatMap((line) => reader.read(line)), ...reader.readSilence()];
}

const faults = (events: readonly BoardEvent[]) =>
  events.flatMap((event) => (event.type === 'fault' ? [event.error] : []));

describe('bootLogReader', () => {
  it('reads the reset cause and the firmware identity of a boot', () => {
    expect(readBoot(consoleLines('boot-realtime-ws.bin'))).toEqual([
      { type: 'boot', resetCause: 'power on (0x1)', boot: 1, hostAtMs: 0, lineIndex: 2 },
      {
        type: 'firmware',
        firmware: {
          project: 'realtime_ws',
          version: '1.4.0',
          compiled: 'Aug 14 2026 10:02:05',
          elfSha256Prefix: '0810d7fd3',
          idf: 'v5.4.2',
        },
        boot: 1,
        hostAtMs: 0,
        lineIndex: 32,
        deviceAtMs: 999,
      },
    ]);
  });

  it('reads the cause of a reset that cut a line', () => {
    expect(readBoot(consoleLines('reset-mid-line.bin'))).toMatchObject([
      { type: 'boot', resetCause: 'USB-UART chip reset (0x15)', boot: 1 },
    ]);
  });

  it('keeps the printed name of a cause that it does not know', () => {
    const line: ConsoleLine = {
      index: 0,
      text: 'rst:0x1f (ODD_RST),boot:0x8 (SPI_FAST_FLASH_BOOT)',
      boot: 1,
      hostAtMs: 0,
      byteOffset: 0,
    };
    expect(bootLogReader()(line)).toEqual([{ type: 'boot', resetCause: 'ODD_RST (0x1f)' }]);
  });
});

describe('PanicReader', () => {
  it('makes one fault of a crash that ends in the GDB stub', () => {
    const [error, ...others] = faults(readPanics(consoleLines('panic-gdb-stub.txt')));
    expect(others).toEqual([]);
    expect(error).toMatchObject({
      code: 'HIL_BOARD_PANIC',
      message:
        'Board korvo-1 crashed: StoreProhibited on core 0 at PC 0x42009a1e, EXCVADDR 0x00000000 (a null pointer); ' +
        'it waits in the GDB stub until it is reset.',
      facts: {
        reason: 'StoreProhibited',
        core: 0,
        backtrace: ['0x42009a1b:0x3fcb1230', '0x4200a6f1:0x3fcb1250', '0x4037d2a9:0x3fcb1270'],
        elfSha256Prefix: '0810d7fd3',
        endState: 'gdb-stub',
        registers: { PC: '0x42009a1e', A15: '0x00000000', EXCCAUSE: '0x0000001d', LCOUNT: '0x00000000' },
      },
    });
  });

  it('stamps the fault with the line that announced it', () => {
    expect(readPanics(consoleLines('panic-gdb-stub.txt'))).toMatchObject([{ type: 'fault', lineIndex: 1 }]);
  });

  it('tells a reboot, and counts it to the boot that crashed', () => {
    const [event] = readPanics(consoleLines('panic-reboot.txt'));
    expect(event).toMatchObject({ type: 'fault', boot: 0, error: { facts: { endState: 'rebooted' } } });
  });

  it('makes one fault of ESP_ERROR_CHECK and the abort that follows it', () => {
    const [error, ...others] = faults(readPanics(consoleLines('panic-abort-halt.txt')));
    expect(others).toEqual([]);
    expect(error).toMatchObject({
      message:
        'Board korvo-1 crashed: ESP_ERROR_CHECK ESP_ERR_INVALID_STATE on core 0 at PC 0x4037f2e7; it halted.',
      facts: { backtraceCut: true, endState: 'halted' },
    });
    expect(error?.facts).not.toHaveProperty('registers');
  });

  it('ends a report that breaks off by silence', () => {
    expect(faults(readPanics(consoleLines('panic-cut.txt')))).toMatchObject([
      { facts: { reason: 'stack overflow', task: 'audio_tx', endState: 'silence' } },
    ]);
  });

  it('ends a brownout at the banner', () => {
    const [error] = faults(readPanics(consoleLines('brownout.txt')));
    expect(error).toMatchObject({
      code: 'HIL_BOARD_POWER_FAULT',
      message: expect.stringMatching(/^The supply of board .* sagged: brownout; it rebooted\.$/) as string,
      facts: { reason: 'brownout', endState: 'rebooted', lines: ['E BOD: Brownout detector was triggered'] },
    });
  });

  it('ends a crash that did not stop the application', () => {
    const texts = ['CORRUPT HEAP: Bad head at 0x3fcb1230. Expected 0xabba1234 got 0x0'];
    for (let n = 0; n < 10; n += 1) texts.push(`I (${n}) REALTIME_WS: going on`);
    const reader = new PanicReader('korvo-1');
    const events = texts.flatMap((text, index) =>
      reader.read({
        index,
        text,
        boot: 1,
        hostAtMs: 0,
        byteOffset: 0,
        ...(index > 0 ? { deviceAtMs: index } : {}),
      }),
    );
    expect(faults(events)).toMatchObject([
      { facts: { reason: 'corrupt heap: Bad head', endState: 'silence' } },
    ]);
    expect(reader.isCollecting).toBe(false);
  });

  it('takes the task watchdog for a complaint', () => {
    expect(readPanics(consoleLines('task-watchdog.txt'))).toMatchObject([
      { type: 'complaint', text: 'The task watchdog was triggered.', deviceAtMs: 15300 },
    ]);
  });

  it('finds no crash in a boot, a session and tool calls', () => {
    for (const file of ['boot-realtime-ws.bin', 'session-realtime-ws.txt', 'tool-calls.txt', 'chinese.txt']) {
      expect(readPanics(consoleLines(file))).toEqual([]);
    }
  });
});
