import { Board } from './board';
import type { HostPort } from './console/host-port';
import { Crystal } from './crystal';
import type { BoardServices, FirmwareDialect } from './dialect/application';
import { idfChat } from './dialect/text/idf-chat';
import { microPythonChat } from './dialect/text/micropython-chat';
import { FaultSwitches } from './faults';
import { identityOf } from './firmware-identity';
import { FlashMemory } from './rom-loader/flash-memory';
import { SoundCard } from './sound/sound-card';
import { voiceBoard } from './start-up';
import { ManualClock } from './testing/manual-clock';

/** A chip on a clock of its own, with an application that only notes what its network does, or another one. */
function openBoard(firmware?: FirmwareDialect, bootPace?: number) {
  const clock = new ManualClock();
  const faults = new FaultSwitches();
  const printed: Buffer[] = [];
  const serial = {
    write: (bytes: Buffer) => void printed.push(bytes),
    discard: () => undefined,
    reenumerate: () => undefined,
  } as HostPort;
  const network: string[] = [];
  let services: BoardServices | undefined;
  const board = new Board({
    clock,
    crystalPpm: 0,
    faults,
    serial,
    sound: new SoundCard(faults, new Crystal(clock, 0), 6, 240),
    provider: { url: 'http://127.0.0.1', credentials: {}, model: 'model', question: '' },
    ssid: 'stored',
    flash: new FlashMemory(1 << 20),
    bootsFlashOnly: false,
    ...(bootPace === undefined ? {} : { bootPace }),
    dialect: firmware ?? {
      identity: identityOf('test', '1'),
      startUp: voiceBoard,
      access: { schemes: [], credentials: {}, model: '' },
      start: (given) => {
        services = given;
        return {
          commands: [],
          session: 'none',
          networkUp: () => network.push('up'),
          networkDown: () => network.push('down'),
          cut: () => undefined,
        };
      },
    },
  });
  board.reset();
  const joinWifi = (ssid: string) => services?.joinWifi(ssid);
  return { board, clock, faults, network, joinWifi, text: () => Buffer.concat(printed).toString() };
}

const joined = (text: string): string[] => [...text.matchAll(/connected with (\w+)/g)].map((m) => m[1]!);

describe('Board', () => {
  it('cuts the line in flight at a reset and goes on with the banner, its clock at 0', () => {
    const { board, clock, text } = openBoard();
    clock.advance(1012);
    board.reset();
    clock.advance(60);
    expect(text()).toMatch(
      /\nI \(1010\) CODEC_INIT: inESP-ROM:esp32s3-20210327\r\n[^]*\nI \(27\) boot: ESP-IDF/,
    );
  });

  it('boots at another pace with everything in proportion, its stamps included', () => {
    const { clock, network, text } = openBoard(undefined, 0.25);
    clock.advance(3360 / 4 + 19);
    expect(network).toEqual([]);
    clock.advance(1);
    expect(network).toEqual(['up']);
    clock.advance(500);
    expect(text()).toMatch(/I \(6\) boot: ESP-IDF[^]*I \(92\) boot: Loaded app[^]*I \(840\) NETWORK: got ip/);
  });

  it('waits for a download and runs nothing when GPIO0 is low at a reset, until the next one', () => {
    const { board, clock, network, text } = openBoard();
    board.reset({ gpio0: 'low' });
    clock.advance(20_000);
    expect(text()).toBe(
      'ESP-ROM:esp32s3-20210327\r\nBuild:Mar 27 2021\r\n' +
        'rst:0x1 (POWERON),boot:0x0 (DOWNLOAD(USB/UART0))\r\nwaiting for download\r\n',
    );
    expect(network).toEqual([]);
    expect(board.state()).toMatchObject({ boot: 2, running: false, downloading: true });
    board.reset();
    clock.advance(10_000);
    expect(network).toEqual(['up']);
    expect(board.state()).toMatchObject({ boot: 3, running: true, downloading: false });
  });

  it('joins the network of its NVS after a boot, once', () => {
    const { clock, network, text } = openBoard();
    clock.advance(10_000);
    expect(network).toEqual(['up']);
    expect(joined(text())).toEqual(['stored']);
  });

  it.each([2000, 3000, 3370])('joins only the network that was asked for %d ms after the reset', (atMs) => {
    const { clock, network, joinWifi, text } = openBoard();
    clock.advance(atMs);
    joinWifi('other');
    clock.advance(10_000);
    expect(network).toEqual(['down', 'up']);
    expect(joined(text()).at(-1)).toBe('other');
    expect(text().match(/got ip/g)).toHaveLength(atMs > 3360 ? 2 : 1);
  });

  it('joins the network of its NVS again after a reset', () => {
    const { board, clock, network, joinWifi, text } = openBoard();
    clock.advance(2000);
    joinWifi('other');
    board.reset();
    clock.advance(10_000);
    expect(network).toEqual(['down', 'up']);
    expect(joined(text())).toEqual(['stored']);
  });

  const openWithoutWifi = (firmware: FirmwareDialect) => {
    const opened = openBoard(firmware);
    opened.faults.set('no-wifi', true);
    opened.board.reset();
    return opened;
  };

  it('waits for ever in idf-chat when its network is not there, until a reset finds it again', () => {
    const { board, clock, faults, text } = openWithoutWifi(idfChat);
    clock.advance(120_000);
    expect(text()).toMatch(/I \(2310\) wifi:state: init -> auth \(0xb0\)\r\n$/);
    expect(text()).not.toMatch(/IPv4 address|SNTP|HTTP_AI_CLIENT/);
    expect(board.state()).toMatchObject({ running: true, session: 'none' });
    faults.set('no-wifi', false);
    board.reset();
    clock.advance(3450);
    expect(text()).toMatch(/I \(3360\) example_common: - IPv4 address: 192\.168\.7\.31,\r\n/);
    board.close();
  });

  it('restarts itself in micropython-chat when its network is not there, again and again', () => {
    const { board, clock, text } = openWithoutWifi(microPythonChat);
    clock.advance(65_000);
    expect(text().match(/rst:0x\w+ \(\w+\)/g)).toEqual([
      'rst:0x1 (POWERON)',
      'rst:0xc (RTC_SW_CPU_RST)',
      'rst:0xc (RTC_SW_CPU_RST)',
    ]);
    expect(text().split(/entry 0x\w+\r\n/)[1]).toBe(
      `=== 启动系统 ===\r\nConnecting to stored...\r\n${'.'.repeat(20)}\r\n` +
        '!!! 错误: WiFi连接超时\r\n10秒后重启...\r\nESP-ROM:esp32s3-20210327\r\nBuild:Mar 27 2021\r\n' +
        'rst:0xc (RTC_SW_CPU_RST),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\nSaved PC:0x40381e0d\r\nSPIWP:0xee\r\n' +
        'mode:DIO, clock div:1\r\nload:0x3fce2820,len:0x15a0\r\nload:0x403c8700,len:0x4\r\n' +
        'load:0x403c8704,len:0xd20\r\nload:0x403cb700,len:0x2f00\r\n',
    );
    expect(board.state()).toMatchObject({ boot: 4, running: true, session: 'connecting' });
    board.close();
  });

  it('has the boot log of what somebody flashed instead of MicroPython', () => {
    const { board, clock, faults, text } = openBoard(microPythonChat);
    faults.set('wrong-project', true);
    board.reset();
    clock.advance(1000);
    expect(text()).toContain('app_init: Project name:     openai_demo\r\n');
    board.close();
  });
});
