import type { BoardEvent, BootSession } from '../ports';
import { consoleStream } from './__fixtures__/console-stream';
import { ManualClock } from './__fixtures__/manual-clock';
import { BootHistory } from './boot-history';
import { RecordedConsole } from './console';
import { dialectByName } from './dialect';
import { readEvents } from './event-reader';

/** A board whose console prints what a test has it print. */
function historyOf(dialect = 'realtime-ws') {
  const clock = new ManualClock();
  const write = () => Promise.resolve();
  const console = new RecordedConsole({ name: 'b', clock, write, baudRate: 115_200 });
  const ended: BootSession[] = [];
  const history = new BootHistory((session) => void ended.push(session));
  console.onLine((line) => history.line(line));
  const emit = (event: BoardEvent) => history.event(event);
  readEvents({ board: 'b', console, dialect: dialectByName(dialect), clock, emit });
  return {
    history,
    ended,
    print: (...texts: readonly (string | Buffer)[]) => {
      for (const text of texts) console.receive(Buffer.from(text), clock.nowMs());
      clock.advance(10);
    },
    clock,
  };
}

const banner = (cause: string): string =>
  `ESP-ROM:esp32s3-20210327\r\nBuild:Mar 27 2021\r\nrst:${cause},boot:0x8 (SPI_FAST_FLASH_BOOT)\r\n`;
const app = 'I (1080) Board: Init board.\r\n';
const panic = consoleStream('panic-reboot.txt');

describe('the boots of a board', () => {
  it('say how far each came, and when', () => {
    const { history, print, ended } = historyOf();
    print(banner('0x1 (POWERON)'));
    print(consoleStream('boot-realtime-ws.bin').subarray(0, 0), app);
    print('I (3360) NETWORK: got ip:192.168.7.31\r\n');
    expect(ended).toEqual([]);
    expect(history.boots).toMatchObject([
      {
        boot: 1,
        startedBy: 'power-on',
        resetCause: 'power on (0x1)',
        firstLine: 0,
        lastLine: 4,
        milestones: [
          { milestone: 'app', afterMs: 10 },
          { milestone: 'network', afterMs: 20 },
        ],
      },
    ]);
    expect(history.boots[0]).not.toHaveProperty('endedBy');
  });

  it('know the one that the bench ordered from one that came by itself', () => {
    const { history, print, ended } = historyOf();
    print('I (5000) main: at work\r\n');
    history.order();
    print(banner('0x1 (POWERON)'), app);
    print(banner('0x1 (POWERON)'), app);
    expect(history.boots.map(({ startedBy }) => startedBy)).toEqual(['joined', 'ordered', 'power-on']);
    expect(ended.map(({ boot, endedBy }) => [boot, endedBy])).toEqual([
      [0, 'ordered'],
      [1, 'power-on'],
    ]);
  });

  it('take no boot for ordered that comes after the reset is over', () => {
    const { history, print } = historyOf();
    print(banner('0x1 (POWERON)'), app);
    history.order();
    history.orderIsOver();
    print(banner('0x1 (POWERON)'), app);
    expect(history.boots.map(({ startedBy }) => startedBy)).toEqual(['power-on', 'power-on']);
  });

  it.each([
    ['0x7 (TG0WDT_SYS_RST)', 'watchdog'],
    ['0x10 (RTCWDT_RTC_RST)', 'watchdog'],
    ['0xf (BROWNOUT_RST)', 'power'],
    ['0x13 (GLITCH)', 'power'],
    ['0xc (RTC_SW_CPU_RST)', 'restart'],
    ['0x5 (DSLEEP)', 'restart'],
    ['0x15 (USB_UART_CHIP_RESET)', 'unknown'],
  ])('read %s as %s', (cause, startedBy) => {
    const { history, print } = historyOf();
    print(banner('0x1 (POWERON)'), app, banner(cause));
    expect(history.boots.at(-1)?.startedBy).toBe(startedBy);
  });

  it('know a restart behind a crash, which is told only once the next boot has begun', () => {
    const { history, print, ended } = historyOf();
    print(banner('0x1 (POWERON)'), app, panic);
    print(banner('0xc (RTC_SW_CPU_RST)'), app);
    const crashed = ended.find(({ crashes }) => crashes > 0);
    expect(crashed).toMatchObject({ crashes: 1, endedBy: 'crash' });
    expect(history.boots.find(({ boot }) => boot === (crashed?.boot ?? 0) + 1)?.startedBy).toBe('crash');
  });

  it.each([
    ['0x3 (RTC_SW_SYS_RST)', 'power'],
    ['0x1 (POWERON)', 'power'],
    ['0x15 (USB_UART_CHIP_RESET)', 'power'],
  ])(
    'know a supply that sagged by what is printed of it, and no crash of it, ahead of %s',
    (cause, startedBy) => {
      const { history, print, ended } = historyOf();
      print(banner('0x1 (POWERON)'), app);
      history.orderCrash();
      print('E BOD: Brownout detector was triggered\r\n', banner(cause), app);
      expect(history.boots.at(-1)?.startedBy).toBe(startedBy);
      expect(ended).toMatchObject([{ crashes: 0, endedBy: 'power' }]);
      // What was ordered is still to come.
      print(panic);
      expect(history.boots.at(-2)).toMatchObject({ crashes: 0, orderedCrashes: 1 });
      print(banner('0x3 (RTC_SW_SYS_RST)'));
      expect(history.boots.at(-1)?.startedBy).toBe('restart');
    },
  );

  it('are ordered behind a supply that sagged where the bench reset the board', () => {
    const { history, print } = historyOf();
    print(banner('0x1 (POWERON)'), app, 'E BOD: Brownout detector was triggered\r\n');
    history.order();
    print(banner('0x1 (POWERON)'), app);
    expect(history.boots.map(({ startedBy }) => startedBy)).toEqual(['power-on', 'ordered']);
  });

  it('hold a crash that was ordered against nobody', () => {
    const { history, print } = historyOf();
    print(banner('0x1 (POWERON)'), app);
    history.orderCrash();
    print(panic, banner('0xc (RTC_SW_CPU_RST)'));
    const crashed = history.boots.find(({ orderedCrashes }) => orderedCrashes !== undefined);
    expect(crashed).toMatchObject({ orderedCrashes: 1, crashes: 0 });
  });

  it('hold a crash against the firmware that comes after the reset behind one that was ordered and never came', () => {
    const { history, print } = historyOf();
    print(banner('0x1 (POWERON)'), app);
    history.orderCrash();
    history.order();
    print(banner('0x1 (POWERON)'), app, panic);
    expect(history.boots.map(({ crashes }) => crashes)).toContain(1);
  });

  it('count the warnings of the task watchdog', () => {
    const { history, print } = historyOf();
    print(banner('0x1 (POWERON)'), app, consoleStream('task-watchdog.txt'));
    expect(history.boots.reduce((sum, { watchdogWarnings }) => sum + watchdogWarnings, 0)).toBe(1);
  });

  it('are told of each once, in order, however fast they follow on each other', () => {
    const { history, print, ended, clock } = historyOf();
    const loop = 'ESP-ROM:esp32s3-20210327\r\nBuild:Mar 27 2021\r\n';
    print(loop, loop, banner('0x10 (RTCWDT_RTC_RST)'), loop);
    history.close(clock.nowMs());
    history.close(clock.nowMs());
    expect(ended.map(({ boot, endedBy }) => [boot, endedBy])).toEqual([
      [1, 'unknown'],
      [2, 'watchdog'],
      [3, 'unknown'],
      [4, 'closed'],
    ]);
  });

  it('are kept to the latest thousand', () => {
    const { history, print } = historyOf();
    for (let boot = 0; boot < 1_100; boot += 1) print(banner('0x10 (RTCWDT_RTC_RST)'));
    expect(history.boots).toHaveLength(1000);
    expect(history.boots.at(-1)?.boot).toBe(1_100);
  });

  it('begin anew with a soft reset of MicroPython', () => {
    const { history, print } = historyOf('micropython-chat');
    print(consoleStream('micropython-soft-reset.txt'));
    expect(history.boots.some(({ resetCause }) => resetCause === 'soft reset of MicroPython')).toBe(true);
  });
});
