import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseCard } from './choose-card';
import { listSoundCards, stableIds, type CardFolders } from './sound-cards';

let root: string;
let folders: CardFolders;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'earshot-cards-'));
  folders = { proc: join(root, 'proc'), sysfs: join(root, 'class') };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function file(path: string, text: string): void {
  const whole = join(root, path);
  mkdirSync(join(whole, '..'), { recursive: true });
  writeFileSync(whole, text);
}

/** As Linux 6.1 shows a card of C-Media's CM108. */
function usbCard(index: number, port: string, serial?: string): void {
  file(`proc/card${index}/id`, 'Device\n');
  file(`proc/card${index}/usbid`, '0d8c:0014\n');
  file(`proc/card${index}/usbbus`, '001/004\n');
  for (const device of ['pcm0c', 'pcm0p']) file(`proc/card${index}/${device}/info`, '');
  file(`proc/card${index}/stream0`, stream0);
  const device = join(root, `devices/usb1/${port}/${port}:1.0`);
  mkdirSync(device, { recursive: true });
  if (serial !== undefined) file(`devices/usb1/${port}/serial`, `${serial}\n`);
  mkdirSync(join(root, `class/card${index}`), { recursive: true });
  symlinkSync(device, join(root, `class/card${index}/device`));
}

const stream0 = `C-Media Electronics Inc. USB Audio Device at usb-0000:00:14.0-2, full speed : USB Audio

Playback:
  Status: Stop
  Interface 1
    Altset 1
    Format: S16_LE
    Channels: 2
    Endpoint: 0x01 (1 OUT) (ADAPTIVE)
    Rates: 48000, 44100
    Bits: 16

Capture:
  Status: Running
    Interface = 2
  Interface 2
    Altset 1
    Format: S16_LE
    Channels: 1
    Rates: 8000 - 48000 (continuous)
  Interface 2
    Altset 2
    Format: S24_3LE
    Channels: 2
    Rates: 48000, 96000
`;

const list = () => listSoundCards(folders);

describe('listSoundCards', () => {
  it('finds none where the kernel has no sound', async () => {
    expect(await list()).toEqual([]);
  });

  it('tells cards apart by what stays the same', async () => {
    file(
      'proc/cards',
      ` 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xd1044000 irq 126
 1 [Device         ]: USB-Audio - USB Audio Device
                      C-Media Electronics Inc. USB Audio Device at usb-0000:00:14.0-2, full speed
`,
    );
    file('proc/card0/id', 'PCH\n');
    file('proc/card0/pcm3p/info', '');
    mkdirSync(join(root, 'pci/0000:00:1f.3'), { recursive: true });
    mkdirSync(join(root, 'class/card0'), { recursive: true });
    symlinkSync(join(root, 'pci/0000:00:1f.3'), join(root, 'class/card0/device'));
    usbCard(1, '1-2', 'A1:7');
    const cards = await list();
    expect(cards).toEqual([
      {
        index: 0,
        name: 'HDA Intel PCH',
        devicePath: '0000:00:1f.3',
        captureDevices: [],
        playbackDevices: [3],
      },
      {
        index: 1,
        name: 'USB Audio Device',
        usb: { vendorId: '0d8c', productId: '0014', serialNumber: 'A1:7', port: '1-2' },
        captureDevices: [0],
        playbackDevices: [0],
        playback: { channels: [2], formats: ['S16_LE'], ratesHz: [48_000, 44_100] },
        capture: {
          channels: [1, 2],
          formats: ['S16_LE', 'S24_3LE'],
          ratesHz: [8000, 48_000, 48_000, 96_000],
        },
      },
    ]);
    expect(cards.map(stableIds)).toEqual([['device:0000:00:1f.3'], ['usb:0d8c:0014:A1:7', 'usb-port:1-2']]);
  });

  it('lists the cards of this machine, whatever it has', async () => {
    for (const card of await listSoundCards()) expect(card.name).not.toBe('');
  });
});

describe('chooseCard', () => {
  const choose = (wanted: string, device = 0) => chooseCard('rig-1', wanted, device, list);

  it('takes a name of ALSA as it is', async () => {
    expect(await choose('pcm:earshot_rig')).toEqual({
      pcm: 'earshot_rig',
      name: 'ALSA device earshot_rig',
      stableId: 'pcm:earshot_rig',
    });
  });

  it.each(['usb:0d8c:0014', 'usb:0d8c:0014:A1', 'usb-port:1-2'])(
    'finds %s whatever number it has',
    async (wanted) => {
      usbCard(7, '1-2', 'A1');
      expect(await choose(wanted, 1)).toMatchObject({ pcm: 'hw:7,1', stableId: 'usb:0d8c:0014:A1' });
    },
  );

  it('says what there is instead', async () => {
    await expect(choose('usb:1234:5678')).rejects.toMatchObject({
      code: 'HIL_RIG_CARD_MISSING',
      message: expect.stringContaining('this machine has none'),
    });
    usbCard(1, '1-2');
    await expect(choose('usb:0d8c:0014:A1')).rejects.toThrow('Device (usb:0d8c:0014 or usb-port:1-2)');
  });

  it('says of two that are alike how to tell them apart, and takes the one that is named so', async () => {
    usbCard(1, '1-2', '000000');
    usbCard(2, '1-3', '000000');
    await expect(choose('usb:0d8c:0014:000000')).rejects.toMatchObject({
      code: 'HIL_RIG_CARD_AMBIGUOUS',
      message: expect.stringMatching(/2 are alike: .*usb-port:1-2.*usb-port:1-3/),
    });
    expect(await choose('usb-port:1-3')).toMatchObject({ pcm: 'hw:2,0' });
  });
});
