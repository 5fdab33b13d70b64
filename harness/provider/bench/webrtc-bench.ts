import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Encoder } from '@evan/opus/wasm/index.js';
import { readWav, toPcm16 } from '../../audio';
import { systemClock, type ProviderEvent, type Scenario, type SpeechClip } from '../../ports';
import { launchProvider } from '../process/launch-provider';
import type { BenchTarget, ProviderBench } from './provider-bench';
import { quantile } from './quantile';
import { PACKET_MS, WebRtcCaller, type ArrivedPacket } from './webrtc-caller';

const CALLERS = 8;
const TURNS = 6;
/** At 24 000 Hz. */
const PACKET_SAMPLES = 480;
const TICKS_PER_PACKET = 960;
/** Behind the prompt: the service's silence window and some more. */
const TAIL_PACKETS = 25;
/** Beyond what the machine does to a bare timer; a packet later than its successor's time leaves a player that holds one without sound. */
const MOST_LATE_MS = PACKET_MS;
const KEY = 'sk-bench';

/** Everything that one caller heard beside everything that was sent to it. */
interface CallAccount {
  /** Reply packets by the mock's log. */
  readonly sent: number;
  /** Of those, the ones that never arrived. */
  readonly lost: number;
  /** Sequence numbers that are missing between the first and the last that arrived. */
  readonly gaps: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly replies: number;
  /** Of each packet against 20 ms steps from its reply's first one: when the mock wrote it, and when the caller read it. */
  readonly writtenLateMs: readonly number[];
  readonly readLateMs: readonly number[];
}

const start = (script: string): ChildProcess =>
  fork(join(__dirname, script), [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });

/**
 * Eight callers at once over WebRTC, each a session of several turns: is every reply packet there, and how steadily do they
 * leave, beside a bare timer at the same time? The callers share one process, as the boards of a bench share the host.
 */
export async function benchWebRtc(
  scenario: Scenario,
  prompts: readonly SpeechClip[],
  replies: readonly SpeechClip[],
): Promise<ProviderBench> {
  const spoken = prompts.slice(0, CALLERS).map(packetsOf);
  const [silence] = encoded(new Int16Array(PACKET_SAMPLES));
  const provider = await launchProvider({
    launch: () => start('mock-child.js'),
    init: { scenario, prompts, replies },
    clock: systemClock,
  });
  // All of them: a provider holds the newest.
  const events: ProviderEvent[] = [];
  provider.onEvent((event) => events.push(event));
  const callers = Array.from(
    { length: CALLERS },
    () => new WebRtcCaller(systemClock, silence ?? Buffer.alloc(0)),
  );
  const timer = start('timer-child.js');
  try {
    const callsUrl = provider.url.replace(/^ws(.*)\/realtime\?(.*)$/, 'http$1/realtime/calls?$2');
    await Promise.all(
      callers.map(async (caller, index) => {
        await caller.connect(callsUrl, KEY);
        for (let turn = 0; turn < TURNS; turn++) {
          caller.say(spoken[(index + turn) % spoken.length] ?? []);
          await caller.next('output_audio_buffer.stopped');
        }
      }),
    );
    // The events of what was sent last are still between the processes.
    await new Promise<void>((resolve) => void systemClock.after(500, resolve));
    timer.send('report');
    const [timerLateMs] = (await once(timer, 'message')) as [number[]];
    return reportOf(
      callers.map((caller) => accountOf(caller, events)),
      quantile(timerLateMs, 0.99),
    );
  } finally {
    timer.disconnect();
    await Promise.all(callers.map((caller) => caller.close()));
    await provider.close();
  }
}

function reportOf(accounts: readonly CallAccount[], timerLateP99: number): ProviderBench {
  const sum = (count: (account: CallAccount) => number): number =>
    accounts.reduce((total, account) => total + count(account), 0);
  const none = (name: string, value: number): BenchTarget => ({
    name: `mock over WebRTC, ${CALLERS} callers at once: ${name}`,
    value,
    unit: 'packets',
    bound: 0,
    ok: value === 0,
  });
  const written = accounts.flatMap(({ writtenLateMs }) => writtenLateMs);
  const read = accounts.flatMap(({ readLateMs }) => readLateMs);
  const writtenP99 = quantile(written, 0.99);
  const sent = sum((account) => account.sent);
  const answered = sum(({ replies }) => replies);
  const expected = CALLERS * TURNS;
  return {
    targets: [
      none(
        'reply packets that were sent and never arrived',
        sum(({ lost }) => lost),
      ),
      none(
        'gaps in their sequence',
        sum(({ gaps }) => gaps),
      ),
      {
        name: `mock over WebRTC, ${CALLERS} callers at once: turns without a reply`,
        value: expected - answered,
        unit: `of ${expected}`,
        bound: 0,
        ok: answered === expected && sent > 0,
      },
      {
        name: `mock over WebRTC, ${CALLERS} callers at once: how late a reply packet leaves, p99 over a bare timer's`,
        value: writtenP99 - timerLateP99,
        unit: 'ms',
        bound: MOST_LATE_MS,
        ok: writtenP99 - timerLateP99 <= MOST_LATE_MS,
      },
    ],
    figures: {
      packetsSent: sent,
      packetsDuplicated: sum(({ duplicated }) => duplicated),
      packetsReordered: sum(({ reordered }) => reordered),
      timerLateP99,
      writtenLateMedian: quantile(written, 0.5),
      writtenLateP99: writtenP99,
      writtenLateMax: quantile(written, 1),
      readLateMedian: quantile(read, 0.5),
      readLateP99: quantile(read, 0.99),
      readLateMax: quantile(read, 1),
    },
  };
}

type AudioOut = Extract<ProviderEvent, { readonly type: 'audio-out' }>;

function accountOf({ sessionId, arrived }: WebRtcCaller, events: readonly ProviderEvent[]): CallAccount {
  const byTimestamp = new Map(arrived.map((packet) => [packet.timestamp, packet]));
  const items = new Map<string, AudioOut[]>();
  for (const event of events) {
    if (event.type !== 'audio-out' || event.sessionId !== sessionId) continue;
    items.set(event.itemId, [...(items.get(event.itemId) ?? []), event]);
  }
  const writtenLateMs: number[] = [];
  const readLateMs: number[] = [];
  let [sent, lost] = [0, 0];
  for (const packets of items.values()) {
    const [first] = packets;
    const timestamp = first?.rtp?.timestamp;
    if (first === undefined || timestamp === undefined) continue;
    const firstRead = byTimestamp.get(timestamp);
    packets.forEach(({ hostAtMs }, index) => {
      const read = byTimestamp.get((timestamp + index * TICKS_PER_PACKET) % 2 ** 32);
      sent += 1;
      if (read === undefined) lost += 1;
      else if (firstRead !== undefined)
        readLateMs.push(read.atHostMs - firstRead.atHostMs - index * PACKET_MS);
      writtenLateMs.push(hostAtMs - first.hostAtMs - index * PACKET_MS);
    });
  }
  return { sent, lost, replies: items.size, writtenLateMs, readLateMs, ...sequenceOf(arrived) };
}

/** What the sequence numbers say, by themselves. */
function sequenceOf(
  arrived: readonly ArrivedPacket[],
): Pick<CallAccount, 'gaps' | 'duplicated' | 'reordered'> {
  const [first] = arrived;
  if (first === undefined) return { gaps: 0, duplicated: 0, reordered: 0 };
  // No stream of a few minutes goes round.
  const places = arrived.map(({ sequence }) => (sequence - first.sequence) & 0xffff);
  const distinct = new Set(places);
  const reordered = places.filter((place, at) => place < (places[at - 1] ?? 0)).length;
  const last = places.reduce((most, place) => Math.max(most, place), 0);
  return { gaps: last + 1 - distinct.size, duplicated: places.length - distinct.size, reordered };
}

function packetsOf(clip: SpeechClip): readonly Buffer[] {
  const { pcm } = toPcm16(readWav(readFileSync(clip.path)).channels[0] ?? new Float32Array());
  const stream = new Int16Array((Math.ceil(pcm.length / PACKET_SAMPLES) + TAIL_PACKETS) * PACKET_SAMPLES);
  stream.set(pcm);
  return encoded(stream);
}

/** Mono at 24 000 Hz in Opus packets of 20 ms. */
function encoded(samples: Int16Array): readonly Buffer[] {
  const encoder = new Encoder({ channels: 1, sample_rate: 24_000, application: 'voip' });
  const packets: Buffer[] = [];
  for (let at = 0; at < samples.length; at += PACKET_SAMPLES)
    packets.push(Buffer.from(encoder.encode(samples.slice(at, at + PACKET_SAMPLES))));
  encoder.drop();
  return packets;
}
