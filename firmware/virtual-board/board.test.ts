import { Board } from './board';
import type { SerialPort } from './console/serial-port';
import { Crystal } from './crystal';
import type { BoardServices } from './dialect/application';
import { FaultSwitches } from './faults';
import { identityOf } from './firmware-identity';
import { SoundCard } from './sound/sound-card';
import { voiceBoard } from './start-up';
import { ManualClock } from './testing/manual-clock';

/** A chip on a clock of its own, with an application that only notes what its network does. */
function openBoard() {
  const clock = new ManualClock();
  const faults = new FaultSwitches();
  const printed: Buffer[] = [];
  const serial = {
    write: (bytes: Buffer) => void printed.push(bytes),
    discard: () => undefined,
  } as unknown as SerialPort;
  const network: string[] = [];
  let services: BoardServices | undefined;
  const board = new Board({
    clock,
    crystalPpm: 0,
    faults,
    serial,
    sound: new SoundCard(faults, new Crystal(clock, 0), 6, 240),
    provider: { url: 'ws://127.0.0.1', credentials: {}, model: 'model', question: '' },
    ssid: 'stored',
    dialect: {
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
  return { board, clock, network, joinWifi, text: () => Buffer.concat(printed).toString() };
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
});
