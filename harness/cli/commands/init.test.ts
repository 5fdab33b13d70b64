import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { loadBench, type BenchConfig } from '../../config';
import { isHilError } from '../../errors';
import type { SerialPortDescription } from '../../board';
import type { SoundCard } from '../../rig';
import { keepPrinted } from '../__fixtures__/printed';
import { silentAsker, terminalAsker, type Asker } from '../init/asker';
import type { FoundParts } from '../init/found-parts';
import { initCommand, type InitArguments } from './init';

const korvo: SerialPortDescription = {
  path: '/dev/ttyUSB0',
  byId: '/dev/serial/by-id/usb-Silicon_Labs_CP2102N_a8ba-if00-port0',
  vendorId: '10c4',
  productId: 'ea60',
  serialNumber: 'a8ba',
  location: '1-2',
};
const atom: SerialPortDescription = {
  path: '/dev/ttyACM0',
  vendorId: '303a',
  productId: '1001',
  serialNumber: '7C:DF:A1:00:11:22',
  location: '1-3',
};
const interfaceCard: SoundCard = {
  index: 1,
  name: 'BEHRINGER UMC202HD at usb-1.4,\n high speed',
  usb: { vendorId: '1397', productId: '0507', serialNumber: 'A1', port: '1-4' },
  captureDevices: [0],
  playbackDevices: [0],
  capture: { channels: [2], formats: ['S32_LE'], ratesHz: [44_100, 48_000] },
  playback: { channels: [2], formats: ['S32_LE'], ratesHz: [44_100, 48_000] },
};
const nothing: FoundParts = { ports: [], cards: [], server: undefined, keys: [], addresses: [] };
const lab: FoundParts = { ...nothing, ports: [korvo], cards: [interfaceCard], addresses: ['192.168.7.2'] };

/** Answers by the beginning of the question; what is not answered is taken as proposed. */
const answering = (answers: Readonly<Record<string, string>>): Asker & { readonly said: string[] } => {
  const said: string[] = [];
  return {
    said,
    say: (text) => void said.push(text),
    ask: (question, proposed, check) => {
      const [, answer = proposed] =
        Object.entries(answers).find(([start]) => question.startsWith(start)) ?? [];
      expect(check?.(answer)).toBeUndefined();
      return Promise.resolve(answer);
    },
    close: () => undefined,
  };
};

describe('init', () => {
  const printed = keepPrinted();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-init-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const path = (): string => join(folder, 'lab.yaml');
  const init = (found: FoundParts, asker: Asker = silentAsker, args: Partial<InitArguments> = {}) =>
    initCommand(
      { out: path(), yes: true, force: false, json: false, ...args },
      { find: () => Promise.resolve(found), asker },
    );
  const made = async (...args: Parameters<typeof init>): Promise<BenchConfig> => {
    expect(await init(...args)).toBe(0);
    return loadBench(path());
  };

  it('makes the virtual bench where nothing is plugged in', async () => {
    const { name, boards, provider } = await made(nothing);
    expect({ name, boards, provider }).toMatchObject({
      name: 'lab',
      boards: [{ name: 'virtual-1', kind: 'virtual' }],
      provider: { kind: 'mock', host: '127.0.0.1', port: 0, credentials: undefined },
    });
    expect(printed.text).toContain(`npx earshot doctor --bench ${path()}\n`);
    expect(printed.text).not.toContain('calibrate');
  });

  it('takes a board by what stays the same of its port, and the card with what it can do', async () => {
    const { boards, provider } = await made(lab);
    expect(boards).toMatchObject([
      {
        name: 'board-1',
        kind: 'serial',
        model: 'ESP32-S3-Korvo-2',
        port: korvo.byId,
        dialect: 'openai-demo',
        rig: {
          kind: 'alsa',
          card: 'usb:1397:0507:A1',
          format: 'S32_LE',
          rateHz: 48_000,
          inputs: 2,
          channels: { speaker: 0, loopback: 1 },
          topology: 'loopback',
        },
      },
    ]);
    expect(boards[0]).not.toHaveProperty('readsConsole');
    expect(provider).toMatchObject({
      kind: 'mock',
      protocol: 'openai-realtime',
      host: '192.168.7.2',
      port: 8080,
      credentials: { apiKey: 'BENCH_API_KEY' },
    });
    expect(printed.text).toMatch(/Set BENCH_API_KEY .+\nNext:\n.+doctor .+ --reset\n.+calibrate .+\n.+run /);
  });

  it('knows that the console of native USB is output-only, and names such a board by its serial number', async () => {
    const { boards } = await made({ ...lab, ports: [atom], cards: [] });
    expect(boards).toMatchObject([
      { model: 'AtomS3R', port: { serialNumber: atom.serialNumber }, readsConsole: false, rig: undefined },
    ]);
    expect(readFileSync(path(), 'utf8')).toContain('# No sound card was chosen');
  });

  it('gives each board a name and a card of its own', async () => {
    const second = {
      ...interfaceCard,
      index: 2,
      usb: { ...interfaceCard.usb!, serialNumber: 'B2', port: '1-5' },
    };
    const { boards } = await made({ ...lab, ports: [korvo, atom], cards: [interfaceCard, second] });
    expect(boards.map(({ name, rig }) => [name, rig?.kind === 'alsa' && rig.card])).toEqual([
      ['board-1', 'usb:1397:0507:A1'],
      ['board-2', 'usb:1397:0507:B2'],
    ]);
  });

  it('does as a person says', async () => {
    const asker = answering({
      'Name of the bench': 'the lab',
      'Name of the board': 'korvo',
      'Its firmware': 'realtime-ws',
      'Does it read': 'n',
      'Which input hears': '2',
      'Into which input': '0',
      'Address of this machine': '10.0.0.5',
    });
    const { name, boards, provider } = await made(lab, asker);
    expect({ name, boards, provider }).toMatchObject({
      name: 'the lab',
      boards: [
        {
          name: 'korvo',
          dialect: 'realtime-ws',
          readsConsole: false,
          rig: { channels: { speaker: 1 }, topology: 'bleed' },
        },
      ],
      provider: { host: '10.0.0.5' },
    });
    expect(asker.said).toContain('  1  /dev/ttyUSB0  CP210x bridge, as on Korvo-2 and many DevKitCs');
  });

  it('takes no board where a person says that there is none', async () => {
    const { boards } = await made(lab, answering({ 'On which are boards': '0' }));
    expect(boards).toMatchObject([{ kind: 'virtual' }]);
  });

  it('offers a sound server', async () => {
    const device = (name: string, channelCount: number) => ({
      name,
      format: 's16le',
      channelCount,
      rateHz: 44_100,
    });
    const server = { sinks: [device('out', 2)], sources: [device('mono', 1), device('stereo', 2)] };
    const { boards } = await made({ ...lab, cards: [], server });
    expect(boards[0]?.rig).toMatchObject({ kind: 'pulse', sink: 'out', source: 'stereo', rateHz: 44_100 });
  });

  it('fits the provider to the firmware, and offers a real one by the names of its keys alone', async () => {
    const keys = [
      { protocol: 'spark', variables: ['SPARK_APP_ID', 'SPARK_API_KEY', 'SPARK_API_SECRET'] },
    ] as const;
    const asker = answering({ 'Its firmware': 'spark-chat', 'Provider of the bench': 'proxy:spark' });
    const { boards, provider } = await made({ ...lab, keys }, asker);
    expect(provider).toMatchObject({ kind: 'proxy', protocol: 'spark' });
    expect(boards[0]?.rig).toBeUndefined();
    expect(asker.said).toContain(
      'SPARK_APP_ID, SPARK_API_KEY, SPARK_API_SECRET is set: proxy:spark can be had.',
    );
  });

  it('names what each protocol’s boards have to show', async () => {
    const { provider } = await made(lab, answering({ 'Its firmware': 'spark-chat' }));
    expect(provider).toMatchObject({
      kind: 'mock',
      credentials: { appId: 'BENCH_APP_ID', apiKey: 'BENCH_API_KEY', apiSecret: 'BENCH_API_SECRET' },
    });
  });

  it('survives names that mean something to YAML', async () => {
    for (const name of ['no', '7', 'a: b # c', '"', 'ein Prüfstand'])
      expect((await made(nothing, answering({ 'Name of the bench': name }), { force: true })).name).toBe(
        name,
      );
  });

  it('prints one object for scripts', async () => {
    await init(lab, silentAsker, { json: true });
    expect(JSON.parse(printed.text)).toMatchObject({
      schema: 'earshot/init@1',
      path: path(),
      boards: [{ name: 'board-1', rig: { card: 'usb:1397:0507:A1' } }],
      next: [
        expect.stringContaining('doctor'),
        expect.stringContaining('calibrate'),
        expect.stringContaining('run'),
      ],
    });
  });

  it('writes over nothing unless it is told to, and leaves nothing else behind', async () => {
    writeFileSync(path(), 'mine');
    const refused: unknown = await init(lab).catch((error: unknown) => error);
    expect(isHilError(refused) && refused.message).toBe(
      `${path()} is there already; --force writes over it.`,
    );
    expect(readFileSync(path(), 'utf8')).toBe('mine');
    await made(lab, silentAsker, { force: true });
    expect(readdirSync(folder)).toEqual(['lab.yaml']);
  });

  describe('on a terminal', () => {
    const terminal = () => {
      const [input, output] = [new PassThrough(), new PassThrough()];
      let shown = '';
      output.on('data', (chunk: Buffer) => (shown += chunk.toString()));
      return { input, asker: terminalAsker(input, output), shown: () => shown };
    };

    it('asks again until the answer is one, and takes what is proposed for an empty line', async () => {
      const { input, asker, shown } = terminal();
      const answer = asker.ask('Which?', '1', (given) => (given === '1' ? undefined : 'Please give 1.'));
      input.write('7\n');
      input.write('\n');
      expect(await answer).toBe('1');
      expect(shown()).toMatch(/Which\? \[1\] .*Please give 1\.\nWhich\? \[1\] /s);
      asker.close();
    });

    it('writes nothing when nobody answers any more', async () => {
      const { input, asker } = terminal();
      jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
      const exit = init(lab, asker);
      input.end();
      expect(await exit).toBe(130);
      expect(existsSync(path())).toBe(false);
    });
  });
});
