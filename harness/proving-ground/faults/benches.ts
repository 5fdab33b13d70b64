import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const rig = {
  kind: 'virtual',
  driftPpm: 40,
  snrDb: 30,
  paths: {
    playbackToMic: { gainDb: -6, delay: '0.9ms' },
    playbackToSpeakerChannel: { gainDb: -26, delay: '1.5ms' },
    boardToMic: { gainDb: -26, delay: '10ms' },
    boardToSpeakerChannel: { gainDb: -3, delay: '0.6ms' },
  },
};

/** Boards give up sooner than by default: a fault is as certain after three seconds as after thirty. And they boot quickly. */
const board = { kind: 'virtual', addressAfter: '800ms', bootTimeout: '2500ms', sessionTimeout: '4s' };
const turn = { quiet: '200ms', deadline: '3s' };

/** The benches that rows share: JSON, which YAML contains. */
const benches = {
  /** WebSocket and a console that takes commands. */
  voice: {
    boards: [{ ...board, name: 'voice-1', dialect: 'realtime-ws', rig }],
    provider: { protocol: 'openai-realtime', network: {} },
    turn,
  },
  /** WebRTC. */
  call: {
    boards: [{ ...board, name: 'call-1', dialect: 'openai-demo', rig }],
    provider: { protocol: 'openai-realtime', network: {} },
    turn,
  },
  /** WebRTC, a console that takes no commands, and little room for an answer. */
  sdk: {
    boards: [{ ...board, name: 'sdk-1', dialect: 'realtime-embedded-sdk', rig }],
    // The vendor serves the protocol of this firmware no more.
    provider: { protocol: 'openai-realtime', dialect: 'beta', network: {} },
    turn,
  },
  /** Chat completions over HTTPS, asked in writing. */
  chat: {
    boards: [{ ...board, name: 'chat-1', dialect: 'micropython-chat' }],
    provider: { protocol: 'siliconflow', network: {} },
    turn,
  },
} as const;

/** No fault needs a greeting, and every session would begin with one. */
function ungreeted(path: string): string {
  const text = readFileSync(path, 'utf8');
  const without = text.replace(/^greeting:.*\n/m, '');
  if (without === text) throw new RangeError(`${path} has no line that begins with "greeting:"`);
  return without;
}

export type BenchName = keyof typeof benches;

export interface BenchFolders {
  /** Folder of prompts, replies and scenarios. */
  readonly fixtures: string;
  /** Where the bench file goes. */
  readonly folder: string;
}

/**
 * Writes a bench as a file, with other keys in place of its own.
 * @returns Its path.
 */
export function writeBench(
  name: BenchName,
  { fixtures, folder }: BenchFolders,
  changed: Readonly<Record<string, unknown>> = {},
): string {
  const path = join(folder, `${name}.yaml`);
  const scenario = join(folder, `${name}-scenario.yaml`);
  writeFileSync(scenario, ungreeted(join(fixtures, 'scenarios/voice-assistant.yaml')));
  const file = {
    schema: 'earshot/bench@1',
    name: `faults-${name}`,
    corpus: fixtures,
    scenario,
    ...benches[name],
    ...changed,
  };
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`);
  return path;
}
