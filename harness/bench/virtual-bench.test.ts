/** The real virtual board, in its own process, keeps what the ports promise: it was written from other pages than they were. */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dialectByName, openSerialBoard, startVirtualBoardProcess, type VirtualBoardProcess } from '../board';
import { boardContract } from '../board/board.contract';
import { loadBench, loadScenario, packageRoot, type VirtualRigConfig } from '../config';
import { loadCorpus, readSpeechClip } from '../corpus';
import {
  systemClock,
  type AudioRig,
  type ChildLauncher,
  type SpeechClip,
  type VoiceProvider,
} from '../ports';
import { createMockProvider } from '../provider';
import { openVirtualRig } from '../rig';
import { audioRigContract } from '../rig/audio-rig.contract';
import { samplesIn } from '../units';

// A board takes a second to its session, on a machine of its own.
jest.setTimeout(30_000);

const program = join(packageRoot(), 'dist/harness/cli/main.js');
const isBuilt = existsSync(program);
const config = loadBench(join(packageRoot(), 'fixtures/benches/virtual.yaml'));
const rigConfig = config.boards[0]!.rig as VirtualRigConfig;

const launch: ChildLauncher = (command) =>
  fork(program, [...command], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });

const startBoard = (providerUrl: string): Promise<VirtualBoardProcess> =>
  startVirtualBoardProcess({
    launch,
    clock: systemClock,
    dialect: 'realtime-ws',
    providerUrl,
    crystalPpm: 0,
    addressAfterMs: 800,
    model: 'ESP32-S3 virtual',
    faults: [],
  });

const openRig = ({ audioLink }: VirtualBoardProcess): Promise<AudioRig> =>
  openVirtualRig({
    name: 'virtual-1 rig',
    audioLink: audioLink!,
    clock: systemClock,
    ...rigConfig,
  });

/** Resolves once the provider has said everything it is saying: only then it takes an order. */
function idle(provider: VoiceProvider, fromEvent: number): Promise<void> {
  const isIdle = (): boolean => {
    const count = (type: string) =>
      provider.events.slice(fromEvent).filter((event) => event.type === type).length;
    return count('response-started') > 0 && count('response-started') === count('response-done');
  };
  return new Promise((resolve) => {
    if (isIdle()) resolve();
    const cancel = provider.onEvent(() => {
      if (!isIdle()) return;
      cancel();
      resolve();
    });
  });
}

(isBuilt ? describe : describe.skip)(
  isBuilt
    ? 'virtual bench'
    : 'virtual bench (skipped: run `npm run build` first, its processes come from dist/)',
  () => {
    let provider: VoiceProvider;
    let lightOn: SpeechClip;

    beforeAll(async () => {
      const { prompts, replies } = loadCorpus(config.corpusPath);
      lightOn = prompts.get('en-light-on-a')!;
      provider = await createMockProvider({
        clock: systemClock,
        scenario: loadScenario(config.scenarioPath),
        corpus: { prompts: new Map([[lightOn.id, lightOn]]), replies },
      });
    });
    afterAll(() => provider.close());

    boardContract('serial board on the virtual board', async () => {
      const firstEvent = provider.events.length;
      const virtual = await startBoard(provider.url);
      const rig = await openRig(virtual);
      const board = await openSerialBoard({
        name: 'virtual-1',
        model: 'ESP32-S3 virtual',
        port: virtual.ptyPath,
        baudRate: 115_200,
        dialect: dialectByName('realtime-ws'),
        bootTimeoutMs: 20_000,
        sessionTimeoutMs: 20_000,
        clock: systemClock,
        resetLine: virtual.control,
      });
      return {
        board,
        causeLightOn: async () => {
          await idle(provider, firstEvent);
          const greetingMs = provider.events
            .slice(firstEvent)
            .reduce(
              (ms, event) =>
                ms + (event.type === 'audio-out' ? (event.lengthSamples * 1000) / event.rateHz : 0),
              0,
            );
          const from = rig.position;
          await rig.capture(from, from + samplesIn(greetingMs, rig.rateHz));
          await rig.play(readSpeechClip(lightOn));
        },
        unplug: () => virtual.control.unplug(),
        close: async () => {
          await board.close();
          await rig.close();
          await virtual.close();
        },
      };
    });

    audioRigContract('virtual rig on the virtual board', async () => {
      const virtual = await startBoard(provider.url);
      const rig = await openRig(virtual);
      const closeRig = rig.close.bind(rig);
      // The contract closes the rig; the board behind it goes with it.
      return Object.assign(rig, { close: () => closeRig().then(() => virtual.close()) });
    });
  },
);
