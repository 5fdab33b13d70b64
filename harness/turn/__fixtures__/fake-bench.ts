/** A bench that plays what a test says, on a clock that a test moves. Sound is a constant level; nothing is analysed. */
import type { MultiChannelClip } from '../../audio';
import type {
  AudioRig,
  Board,
  BoardEvent,
  Cancel,
  CaptureBlock,
  Clock,
  ProviderEvent,
  SpeechClip,
  TurnScript,
  VoiceProvider,
} from '../../ports';
import type { TurnBench } from '../turn-bench';

const RATE_HZ = 48_000;
const BLOCK = 480;

type Body<E> = E extends unknown ? Omit<E, 'seq' | 'hostAtMs' | 'boot' | 'lineIndex'> : never;

class Listeners<T> {
  private readonly listeners = new Set<(value: T) => void>();
  add(listener: (value: T) => void): Cancel {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  tell(value: T): void {
    for (const listener of [...this.listeners]) listener(value);
  }
}

export class FakeBench implements TurnBench {
  private nowMs = 0;
  private readonly timers = new Set<{ atMs: number; callback: () => void }>();
  private readonly blocks = new Listeners<CaptureBlock>();
  private readonly rigLost = new Listeners<Error>();
  private readonly providerLost = new Listeners<Error>();
  private readonly boardLost = new Listeners<Error>();
  private readonly boardEvents = new Listeners<BoardEvent>();
  private readonly providerEvents = new Listeners<ProviderEvent>();
  private readonly script: { atMs: number; act: () => void }[] = [];
  readonly saved: { turnId: string; clip: MultiChannelClip }[] = [];
  readonly expectedTurns: string[] = [];
  /** What the provider was told of turns, in order. */
  readonly scripts: TurnScript[] = [];
  /** Questions that were typed. */
  readonly asked: string[] = [];
  /** How often the firmware was told to crash. */
  crashes = 0;
  private boot = 1;
  private level = 1e-4;
  position = 0;
  muted = false;

  readonly clock: Clock = {
    nowMs: () => this.nowMs,
    after: (delayMs, callback) => {
      const timer = { atMs: this.nowMs + delayMs, callback };
      this.timers.add(timer);
      return () => this.timers.delete(timer);
    },
  };

  readonly provider: VoiceProvider & { readonly events: ProviderEvent[] } = {
    name: 'fake',
    protocol: 'fake',
    url: 'ws://fake',
    events: [],
    onEvent: (listener) => this.providerEvents.add(listener),
    onLost: (listener) => this.providerLost.add(listener),
    expectTurn: (script) => {
      const { turnId, fault } = script;
      this.scripts.push(script);
      this.expectedTurns.push(fault === undefined ? turnId : `${turnId} ${fault}`);
      return Promise.resolve();
    },
    saveReceived: ({ path, sessionId }) =>
      Promise.resolve({
        sessionId,
        path,
        rateHz: 24_000,
        firstStreamSample: 0,
        lengthSamples: 1,
        packets: [],
      }),
    close: () => Promise.resolve(),
  };

  readonly board = {
    name: 'fake',
    events: [] as BoardEvent[],
    console: { lines: [], cursor: () => 0, onLine: () => () => undefined },
    ask: (text: string) => {
      this.asked.push(text);
      return Promise.resolve();
    },
    crash: () => {
      this.crashes += 1;
      return Promise.resolve();
    },
    reset: () => {
      this.boot += 1;
      this.prints({ type: 'boot', resetCause: 'power on (0x1)' });
      return Promise.resolve();
    },
    onEvent: (listener: (event: BoardEvent) => void) => this.boardEvents.add(listener),
    onLost: (listener: (error: Error) => void) => this.boardLost.add(listener),
  } as unknown as Board & { readonly events: BoardEvent[] };

  readonly rig: AudioRig = ((bench: FakeBench): AudioRig => ({
    name: 'fake',
    rateHz: RATE_HZ,
    roles: ['speaker', 'loopback'],
    topology: 'virtual',
    get position() {
      return bench.position;
    },
    onBlock: (listener) => bench.blocks.add(listener),
    onLost: (listener) => bench.rigLost.add(listener),
    play: (clip) =>
      Promise.resolve({
        startedAtRigSample: bench.position + BLOCK,
        lengthSamples: (clip.samples.length * RATE_HZ) / clip.rateHz,
      }),
    mute: () => {
      bench.muted = true;
    },
    capture: (from, to) =>
      Promise.resolve({
        firstRigSample: from,
        rateHz: RATE_HZ,
        roles: ['speaker', 'loopback'],
        channels: [new Float32Array(to - from), new Float32Array(to - from)],
        clockPoints: [],
        maxLagMs: 0,
        overruns: 0,
      }),
    truth: () => undefined,
    close: () => Promise.resolve(),
  }))(this);

  saveCapture(turnId: string, clip: MultiChannelClip): string {
    this.saved.push({ turnId, clip });
    return `captures/${turnId}.wav`;
  }

  receivedPath(turnId: string): { absolute: string; relative: string } {
    return { absolute: `/run/${turnId}.wav`, relative: `${turnId}.wav` };
  }

  replyPath(turnId: string, index: number): { absolute: string; relative: string } {
    return { absolute: `/run/${turnId}-${index}.wav`, relative: `${turnId}-${index}.wav` };
  }

  /** At this instant of the fake clock, do something. */
  at(atMs: number, act: () => void): void {
    this.script.push({ atMs, act });
  }

  says(event: Body<ProviderEvent>): void {
    const stamp = { seq: this.provider.events.length, hostAtMs: this.nowMs };
    const stamped = { sessionId: 's1', ...event, ...stamp } as ProviderEvent;
    this.provider.events.push(stamped);
    this.providerEvents.tell(stamped);
  }

  prints(event: Body<BoardEvent>): void {
    const stamped = { ...event, hostAtMs: this.nowMs, boot: this.boot, lineIndex: 0 } as BoardEvent;
    this.board.events.push(stamped);
    this.boardEvents.tell(stamped);
  }

  speaker(loud: boolean): void {
    this.level = loud ? 0.1 : 1e-4;
  }

  lose(part: 'rig' | 'provider' | 'board', error: Error): void {
    ({ rig: this.rigLost, provider: this.providerLost, board: this.boardLost })[part].tell(error);
  }

  /** Runs the clock in blocks of 10 ms until the promise settles. */
  async run<T>(promise: Promise<T>, limitMs = 120_000): Promise<T> {
    const state = { settled: false };
    const mark = (): void => {
      state.settled = true;
    };
    promise.then(mark, mark);
    const untilMs = this.nowMs + limitMs;
    while (!state.settled && this.nowMs < untilMs) {
      this.tick();
      for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
    }
    return promise;
  }

  private tick(): void {
    this.nowMs += 10;
    for (const entry of [...this.script]) {
      if (entry.atMs > this.nowMs) continue;
      this.script.splice(this.script.indexOf(entry), 1);
      entry.act();
    }
    const firstRigSample = this.position;
    this.position += BLOCK;
    const channel = new Float32Array(BLOCK).fill(this.level);
    this.blocks.tell({ firstRigSample, channels: [channel, channel], hostAtMs: this.nowMs });
    for (const timer of [...this.timers]) {
      if (timer.atMs > this.nowMs) continue;
      this.timers.delete(timer);
      timer.callback();
    }
  }
}

export const fakeClip = (id: string, lengthMs: number): SpeechClip => ({
  id,
  utterance: id.replace(/-[ab]$/, ''),
  kind: id.includes('ok') ? 'reply' : 'prompt',
  language: 'en',
  voice: 'a',
  transcript: id,
  licence: 'CC0-1.0',
  path: `/fixtures/${id}.wav`,
  sha256: '0'.repeat(64),
  rateHz: 24_000,
  lengthSamples: lengthMs * 24,
  onsetSample: 0,
  offsetSample: lengthMs * 24 - 1,
});
