import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { annotateSpeech } from '../annotate';
import { convolved, roomResponse } from '../../measurement/__fixtures__/room';
import { seededNormal, seededUniform } from '../../measurement/__fixtures__/seeded';
import type { PcmClip } from '../pcm-clip';
import { readWav } from '../wav';
import { timeScaled } from '../time-scale';
import { detectOnset, type DetectedOnset, type DetectOnsetOptions } from './detect-onset';
import { loadVoiceActivityDetector, type VoiceActivityDetector } from './voice-activity';

const RATE_HZ = 24_000;
const fixtures = join(__dirname, '../../../fixtures');
const load = (path: string): PcmClip => {
  const { channels, rateHz } = readWav(readFileSync(join(fixtures, path)));
  return { samples: channels[0]!, rateHz };
};
const prompt = load('prompts/zh-light-on-b.wav');
const promptSpeech = annotateSpeech(prompt)!;
const english = load('replies/en-light-is-on-a.wav');
const mandarin = load('replies/zh-time-a.wav');

const ms = (time: number): number => (time * RATE_HZ) / 1000;
const PROMPT_AT = ms(300);
const promptEnd = PROMPT_AT + promptSpeech.offsetSample;
const rms = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

/** A reply that an underrun of the board interrupts: silence at a time after the onset of its speech. */
function interrupted(clip: PcmClip, afterMs: number, lengthMs: number): PcmClip {
  const at = Math.round(annotateSpeech(clip)!.onsetSample + ms(afterMs));
  const samples = new Float32Array(clip.samples.length + ms(lengthMs));
  samples.set(clip.samples.subarray(0, at));
  samples.set(clip.samples.subarray(at), at + ms(lengthMs));
  return { samples, rateHz: clip.rateHz };
}

const talkers = ['en-time-b', 'zh-weather-b', 'en-joke-b', 'zh-joke-b', 'en-greeting-b', 'zh-greeting-b'].map(
  (name) => load(`prompts/${name}.wav`).samples,
);

/** Six people talk all the time, each from another place of what they say. */
function addBabble(samples: Float32Array, seed: number, level: number): void {
  const uniform = seededUniform(seed);
  const babble = new Float32Array(samples.length);
  for (const talker of talkers) {
    const start = Math.floor(uniform() * talker.length);
    for (let n = 0; n < babble.length; n++) babble[n]! += talker[(start + n) % talker.length]!;
  }
  const gain = level / rms(babble);
  for (let n = 0; n < samples.length; n++) samples[n]! += gain * babble[n]!;
}

interface Scene {
  readonly seed?: number;
  readonly reply?: PcmClip;
  /** From the end of the prompt's speech to the onset of the reply's. */
  readonly gapMs?: number;
  readonly snrDb?: number;
  readonly bleedDb?: number;
  readonly room?: { readonly rt60Ms: number; readonly directToReverberantDb: number };
  /** Changes the samples, or gives back others. */
  readonly change?: (samples: Float32Array, normal: () => number) => unknown;
  readonly options?: Partial<DetectOnsetOptions>;
}

let vad: VoiceActivityDetector;
beforeAll(async () => void (vad = await loadVoiceActivityDetector()));

/** A speaker channel with counted positions, and what the detector makes of it. */
function heard({ seed = 1, reply, gapMs = 700, snrDb = 20, bleedDb = -30, room, change, options }: Scene): {
  readonly found: DetectedOnset;
  readonly errorMs: number;
  readonly uncertaintyMs: number;
} {
  const uniform = seededUniform(seed);
  const normal = seededNormal(uniform);
  const onset = Math.round(promptEnd + ms(gapMs));
  const annotation = reply && annotateSpeech(reply);
  const replyAt = onset - (annotation?.onsetSample ?? 0);
  const samples = new Float32Array(replyAt + (reply?.samples.length ?? ms(1500)) + ms(500));
  const inRoom = (sound: Float32Array): Float32Array =>
    room === undefined ? sound : convolved(sound, roomResponse(room, RATE_HZ, uniform));
  const add = (sound: Float32Array, at: number, gain: number): void =>
    inRoom(sound).forEach((value, n) => {
      if (at + n < samples.length) samples[at + n]! += gain * value;
    });
  if (reply !== undefined) add(reply.samples, replyAt, 1);
  if (bleedDb > -Infinity) add(prompt.samples, PROMPT_AT + ms(3), 10 ** (bleedDb / 20));
  const noise = (reply === undefined ? 0.1 : rms(reply.samples)) * 10 ** (-snrDb / 20);
  const noisy = samples.map((value) => value + noise * normal());
  const changed = change?.(noisy, normal);
  const found = detectOnset(
    { samples: changed instanceof Float32Array ? changed : noisy, rateHz: RATE_HZ },
    {
      vad,
      prompt: {
        clip: prompt,
        clipAtSample: PROMPT_AT,
        onsetAtSample: PROMPT_AT + promptSpeech.onsetSample,
        offsetAtSample: promptEnd,
      },
      ...options,
    },
  );
  return {
    found,
    errorMs: found.state === 'found' ? ((found.onsetAtSample - onset) * 1000) / RATE_HZ : NaN,
    uncertaintyMs: found.state === 'found' ? (found.uncertaintySamples * 1000) / RATE_HZ : NaN,
  };
}

const addNoise = (
  samples: Float32Array,
  normal: () => number,
  from: number,
  to: number,
  level: number,
): void => {
  for (let n = Math.round(from); n < Math.min(to, samples.length); n++) samples[n]! += level * normal();
};
const click = (samples: Float32Array, at: number, lengthMs: number): void => {
  for (let n = 0; n < ms(lengthMs); n++)
    samples[Math.round(at) + n]! += 0.5 * Math.exp((-3 * n) / ms(lengthMs)) * Math.sin(n / 3);
};

describe('detectOnset finds the first speech', () => {
  it.each<[string, Scene, number]>([
    ['English, quiet', { reply: english, snrDb: 40 }, 5],
    ['Mandarin, quiet', { reply: mandarin, snrDb: 40 }, 5],
    ['English, 20 dB', { reply: english }, 10],
    [
      'Mandarin, 20 dB in a room of 0.6 s',
      { reply: mandarin, room: { rt60Ms: 600, directToReverberantDb: 0 } },
      10,
    ],
    ['English, 10 dB', { reply: english, snrDb: 10 }, 40],
    ['no bleed of the prompt at all', { reply: english, bleedDb: -Infinity }, 10],
    ['a quiet capture', { reply: english, change: (samples) => samples.map((value) => value / 100) }, 10],
    [
      'clipped',
      { reply: english, change: (samples) => samples.map((v) => Math.max(-0.15, Math.min(0.15, v))) },
      10,
    ],
    [
      'a reply within the prompt’s reverberation',
      { reply: english, gapMs: 60, bleedDb: -20, room: { rt60Ms: 500, directToReverberantDb: 0 } },
      15,
    ],
    [
      'a click ahead of the reply',
      { reply: english, change: (samples) => click(samples, promptEnd + ms(500), 8) },
      10,
    ],
    ['a cut capture', { reply: english, change: (samples) => samples.subarray(0, promptEnd + ms(1300)) }, 10],
    [
      'noise that was switched on half a second ahead',
      {
        reply: english,
        snrDb: 40,
        change: (samples, normal) => addNoise(samples, normal, promptEnd + ms(200), Infinity, 0.004),
      },
      20,
    ],
  ])('%s', (_name, scene, withinMs) => {
    const { errorMs, uncertaintyMs } = heard(scene);
    expect(Math.abs(errorMs)).toBeLessThan(withinMs);
    expect(Math.abs(errorMs)).toBeLessThan(3 * uncertaintyMs);
  });

  it.each([1, 2, 3, 4, 5, 6])('in babble, not at one of its peaks (%i)', (seed) => {
    const change = (samples: Float32Array): void =>
      addBabble(samples, seed, rms(english.samples) / 10 ** 0.5);
    const { errorMs } = heard({ seed, reply: english, snrDb: 40, change });
    // Late is another matter: the first, weak syllable may be lost in it.
    expect(errorMs).toBeGreaterThan(-60);
    expect(errorMs).toBeLessThan(250);
  });

  it.each<[string, PcmClip, number, number]>([
    ['English', english, 70, 100],
    ['English', english, 100, 150],
    ['Mandarin', mandarin, 100, 150],
  ])('with a first word that is cut off: %s, after %i ms for %i ms', (_name, clip, afterMs, lengthMs) => {
    const { errorMs } = heard({ reply: interrupted(clip, afterMs, lengthMs), snrDb: 25 });
    expect(Math.abs(errorMs)).toBeLessThan(20);
  });

  it('at any rate of the capture', () => {
    const { samples } = english;
    const wide = timeScaled(samples, { start: 0, step: 0.5, lengthSamples: 2 * samples.length });
    const quiet = new Float32Array(96_000).map(() => 1e-4 * seeded());
    quiet.set(wide.map((value) => value + 1e-4 * seeded()).subarray(0, 96_000 - 24_000), 24_000);
    const found = detectOnset({ samples: quiet, rateHz: 48_000 }, { vad });
    const onset = 24_000 + 2 * annotateSpeech(english)!.onsetSample;
    expect(found.state === 'found' && Math.abs(found.onsetAtSample - onset) / 48).toBeLessThan(5);
  });

  it('and its end, to a tenth of a second', () => {
    const { found } = heard({ reply: english, snrDb: 30 });
    const { onsetSample, offsetSample } = annotateSpeech(english)!;
    const end = promptEnd + ms(700) + offsetSample - onsetSample;
    expect(found.state === 'found' && Math.abs(found.endAtSample - end)).toBeLessThan(ms(100));
  });
});

const seeded = seededNormal(seededUniform(9));

describe('detectOnset gives a reason instead of a place', () => {
  it.each<[string, Scene, string]>([
    ['digital silence', { bleedDb: -Infinity, change: (samples) => samples.fill(0) }, 'no-sound'],
    ['noise', {}, 'no-sound'],
    [
      'the prompt’s bleed alone, in a room',
      { bleedDb: -20, room: { rt60Ms: 600, directToReverberantDb: -6 } },
      'no-sound',
    ],
    [
      'comfort noise that was switched on',
      { change: (samples, normal) => addNoise(samples, normal, promptEnd + ms(400), Infinity, 0.1) },
      'no-speech',
    ],
    [
      'a burst of noise',
      {
        change: (samples, normal) => addNoise(samples, normal, promptEnd + ms(400), promptEnd + ms(900), 0.1),
      },
      'no-speech',
    ],
    [
      'a tone',
      {
        change: (samples) => {
          for (let n = 0; n < ms(400); n++) samples[promptEnd + ms(400) + n]! += 0.1 * Math.sin(n / 4);
        },
      },
      'no-speech',
    ],
    [
      'clicks',
      { change: (samples) => [300, 450, 900].forEach((at) => click(samples, promptEnd + ms(at), 15)) },
      'no-sound',
    ],
    [
      'four clicks in a hard room',
      {
        change: (samples) => {
          const clicks = new Float32Array(samples.length);
          [300, 560, 640, 900].forEach((at) => click(clicks, promptEnd + ms(at), 20));
          const room = roomResponse({ rt60Ms: 650, directToReverberantDb: -4 }, RATE_HZ, seededUniform(3));
          convolved(clicks, room)
            .subarray(0, samples.length)
            .forEach((value, n) => (samples[n]! += value));
        },
      },
      'no-speech',
    ],
    ['a reply that began in the prompt', { reply: english, gapMs: -300 }, 'sounding-before'],
    [
      'a capture that was cut before the reply',
      { reply: english, change: (s) => s.subarray(0, promptEnd + ms(600)) },
      'no-sound',
    ],
    [
      'a search that ends before the reply',
      { reply: english, options: { toSample: promptEnd + ms(600) } },
      'no-sound',
    ],
    [
      'a capture without its noise',
      { reply: english, options: { prompt: undefined as never, fromSample: 0 } },
      'no-floor',
    ],
  ])('%s', (_name, scene, reason) => {
    expect(heard(scene).found).toEqual({ state: 'not-found', reason });
  });
});
