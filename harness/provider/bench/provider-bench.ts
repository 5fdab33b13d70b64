import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWav, toPcm16 } from '../../audio';
import { systemClock, type ProviderEvent, type Scenario, type SpeechClip } from '../../ports';
import { launchProvider } from '../process/launch-provider';
import { steadyHeapOptions } from '../process/steady-heap';
import { quantile } from './quantile';
import { PACKET_MS, talk, type Talk } from './talkers';

/** One line of `reports/bench/provider.json` (DESIGN section 11). */
export interface BenchTarget {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bound: number;
  readonly ok: boolean;
}

export interface ProviderBench {
  readonly targets: readonly BenchTarget[];
  /** What no target bounds, in ms. */
  readonly figures: Readonly<Record<string, number>>;
}

const SESSIONS = 50;
/** Several prompts one after the other, so that sessions hold what boards fill them with. */
const STREAM_MS = 30_000;
const LEAD_MS = 600;
/** A silence window, and room for the stagger. */
const TAIL_MS = 500;
/** DESIGN section 11: what the mock may add to a bare echo. */
const MORE_THAN_ECHO_MS = 2;

const start = (script: string, execArgv: readonly string[] = []): ChildProcess =>
  fork(join(__dirname, script), [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [...execArgv] });

/**
 * How long the mock takes from the packet that completes the silence window to its first write, 50 sessions at once and no
 * think time, beside a bare `ws` echo under the same load in the same run. Both are stamped by who writes: the way back lasts as
 * long as the talkers, 50 in one process, need to look at it, and is among the figures.
 */
export async function benchProvider(
  scenario: Scenario,
  prompts: readonly SpeechClip[],
  replies: readonly SpeechClip[],
): Promise<ProviderBench> {
  // Replies leave as the scenario paces them: a whole one at once keeps every other session waiting for some ms.
  const instant: Scenario = {
    ...scenario,
    timing: { responseCreatedMs: 0, firstAudioMs: 0, toolCallMs: 0 },
  };
  const staggered = streamsOf(prompts, (index) => index * 53);
  const times = Math.ceil((24 * STREAM_MS) / (staggered[0]?.length ?? 1));
  const together = streamsOf(prompts, () => 0);
  const echo = start('echo-child.js');
  const [port] = (await once(echo, 'message')) as [number];
  const echoed = await talk({ url: `ws://127.0.0.1:${port}`, clock: systemClock, streams: staggered, times });
  echo.disconnect();
  const provider = await launchProvider({
    launch: () => start('mock-child.js', steadyHeapOptions),
    init: { scenario: instant, prompts, replies },
    clock: systemClock,
  });
  // All of them: a provider holds the newest.
  const events: ProviderEvent[] = [];
  provider.onEvent((event) => events.push(event));
  try {
    const url = provider.url;
    const apart = await talk({ url, clock: systemClock, streams: staggered, times });
    const atOnce = await talk({ url, clock: systemClock, streams: together, times: 1 });
    const echoP99 = quantile(echoed.flatMap(echoTimes), 0.99);
    const endings = apart.flatMap((one) => firstWrites(one, events));
    const firstWriteP99 = quantile(endings, 0.99);
    const arrivals = apart.flatMap((one) => timesOf(one, 'input_audio_buffer.speech_stopped'));
    const answers = (talks: readonly Talk[]): number[] =>
      talks.flatMap((one) => timesOf(one, 'response.output_audio.delta'));
    return {
      targets: [
        {
          name: `mock provider, ${SESSIONS} sessions: packet that completes the silence window to first write, p99 over echo p99`,
          value: firstWriteP99 - echoP99,
          unit: 'ms',
          bound: MORE_THAN_ECHO_MS,
          ok: endings.length >= SESSIONS && firstWriteP99 - echoP99 <= MORE_THAN_ECHO_MS,
        },
      ],
      figures: {
        echoP99,
        echoArrivedP99: quantile(echoed.flatMap(echoArrivals), 0.99),
        // How late the talkers themselves are: what they were slow to send, they may be slow to note as well.
        echoTalkersLateP99: quantile(echoed.flatMap(latenesses), 0.99),
        talkersLateP99: quantile(apart.flatMap(latenesses), 0.99),
        endings: endings.length,
        firstWriteMedian: quantile(endings, 0.5),
        firstWriteP99,
        firstWriteArrivedMedian: quantile(arrivals, 0.5),
        firstWriteArrivedP99: quantile(arrivals, 0.99),
        answered: answers(apart).length,
        answerMedian: quantile(answers(apart), 0.5),
        answerP99: quantile(answers(apart), 0.99),
        answeredTogether: answers(atOnce).length,
        answerTogetherMedian: quantile(answers(atOnce), 0.5),
        answerTogetherMax: quantile(answers(atOnce), 1),
      },
    };
  } finally {
    await provider.close();
  }
}

/** A prompt for each session, ending `laterMs(index)` after the earliest. */
function streamsOf(prompts: readonly SpeechClip[], laterMs: (index: number) => number): Int16Array[] {
  const clips = Array.from({ length: SESSIONS }, (_, index) => prompts[index % prompts.length] as SpeechClip);
  const spoken = clips.map((clip) => {
    const { pcm } = toPcm16(readWav(readFileSync(clip.path)).channels[0] ?? new Float32Array());
    return pcm.subarray(0, clip.offsetSample + 1);
  });
  const longest = Math.max(...spoken.map((pcm) => pcm.length));
  const latestMs = Math.max(...clips.map((_, index) => laterMs(index)));
  return spoken.map((pcm, index) => {
    const stream = new Int16Array(longest + 24 * (LEAD_MS + latestMs + TAIL_MS));
    stream.set(pcm, 24 * (LEAD_MS + laterMs(index)) + longest - pcm.length);
    return stream;
  });
}

const echoTimes = ({ sentAtHostMs, received }: Talk): number[] =>
  received.map(({ writtenAtHostMs = NaN }, packet) => writtenAtHostMs - (sentAtHostMs[packet] ?? NaN));

const echoArrivals = ({ sentAtHostMs, received }: Talk): number[] =>
  received.map(({ hostAtMs }, packet) => hostAtMs - (sentAtHostMs[packet] ?? NaN));

const latenesses = ({ dueAtHostMs, sentAtHostMs }: Talk): number[] =>
  Array.from(sentAtHostMs, (sent, packet) => sent - (dueAtHostMs[packet] ?? NaN));

/** When the packet left that completed a silence window. */
const completedAtHostMs = ({ sentAtHostMs }: Talk, audioEndMs: number): number =>
  sentAtHostMs[Math.ceil(audioEndMs / PACKET_MS) - 1] ?? NaN;

/** From the packet that completed the silence window to the mock's decision, right behind which it writes. */
function firstWrites(talked: Talk, events: readonly ProviderEvent[]): number[] {
  const decided = events.filter(
    ({ type, sessionId }) => type === 'endpoint' && sessionId === talked.sessionId,
  );
  const windows = talked.received.flatMap(({ audioEndMs }) => (audioEndMs === undefined ? [] : [audioEndMs]));
  return windows.map(
    (audioEndMs, index) => (decided[index]?.hostAtMs ?? NaN) - completedAtHostMs(talked, audioEndMs),
  );
}

/** From the packet that completed the silence window to the arrival of the first event of this type after it. */
function timesOf(talked: Talk, type: string): number[] {
  return talked.received.flatMap(({ audioEndMs }, at) => {
    if (audioEndMs === undefined) return [];
    const found = talked.received.slice(at).find((later) => later.type === type);
    return found === undefined ? [] : [found.hostAtMs - completedAtHostMs(talked, audioEndMs)];
  });
}
