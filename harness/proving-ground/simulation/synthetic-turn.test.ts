import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { loadCorpus, readSpeechClip } from '../../corpus';
import { partNames } from '../../measurement';
import type { SpeechClip } from '../../ports';
import { FIRST_RIG_SAMPLE, RATE_HZ } from './layout';
import { activeLevelDbFs, type Spoken } from './spoken';
import { syntheticTurn, type SyntheticTurnOptions } from './synthetic-turn';

const corpus = loadCorpus(join(__dirname, '../../../fixtures'));
const spoken = (clip: SpeechClip): Spoken => ({ clip, sound: readSpeechClip(clip) });
const speech = {
  prompt: spoken(corpus.prompts.get('zh-light-on-b')!),
  reply: spoken(corpus.replies.get('en-light-is-on-a')!),
};

/** A clip whose only sound is one click, so that a place in the capture can be read off without any estimator. */
function click({ clip }: Spoken, at: number): Spoken {
  const samples = new Float32Array(clip.lengthSamples);
  samples[at] = 1;
  return { clip: { ...clip, onsetSample: at, offsetSample: at }, sound: { samples, rateHz: clip.rateHz } };
}
const clicks = { prompt: click(speech.prompt, 20_000), reply: click(speech.reply, 2_000) };

/** Place of the largest sample, by the samples beside it. */
function peakOf(samples: Float32Array): number {
  let best = 1;
  samples.forEach((value, n) => {
    if (value > samples[best]!) best = n;
  });
  const [before, top, after] = [samples[best - 1]!, samples[best]!, samples[best + 1]!];
  return best + (before - after) / (2 * (before - 2 * top + after));
}

const clean = { snrDb: 200, bleedDb: -Infinity, clipAt: Infinity } as const;
/** A parabola through three samples of a click is this far off at most, in samples. */
const READING = 0.1;

describe('syntheticTurn', () => {
  it.each<[string, Partial<SyntheticTurnOptions>]>([
    ['as it is', {}],
    ['with a fast board', { boardPpm: 200 }],
    ['with a slow board', { boardPpm: -200 }],
    ['in a room', { room: { rt60Ms: 300, directToReverberantDb: 6 } }],
    ['with an underrun ahead of the onset', { gap: { atMs: 30, lengthMs: 123 } }],
    ['with an underrun after the onset', { gap: { atMs: 400, lengthMs: 123 } }],
    ['with sound lost ahead of the onset', { gap: { atMs: 20, lengthMs: 40, losesSound: true } }],
    ['with an early decision of the provider', { endpointAfterMs: -300 }],
  ])('counts where prompt and reply are in the capture: %s', (_name, options) => {
    const { sound, truth } = syntheticTurn({ seed: 3, ...clicks, ...clean, ...options });
    const [speaker, loopback] = sound.capture!.channels;
    const seen = peakOf(speaker!) - peakOf(loopback!);
    expect(Math.abs(seen - (truth.voiceToVoice * RATE_HZ) / 1000)).toBeLessThan(READING);
  });

  it('moves nothing where sound is lost, also twice at once', () => {
    const gap = [
      { atMs: 20, lengthMs: 60, losesSound: true },
      { atMs: 30, lengthMs: 10, losesSound: true },
    ];
    const { sound, truth } = syntheticTurn({ seed: 3, ...clicks, ...clean, gap });
    const [speaker, loopback] = sound.capture!.channels;
    const seen = peakOf(speaker!) - peakOf(loopback!);
    expect(Math.abs(seen - (truth.voiceToVoice * RATE_HZ) / 1000)).toBeLessThan(READING);
  });

  it.each([
    ['ahead of it', { atMs: -30, lengthMs: 30 }, true],
    ['with less than 10 ms of it', { atMs: -30, lengthMs: 36 }, true],
    ['behind it', { atMs: 1, lengthMs: 100 }, true],
    ['with it', { atMs: -30, lengthMs: 45 }, false],
  ])('knows whether the first sound left the speaker: lost %s', (_name, { atMs, lengthMs }, expected) => {
    const { clip } = speech.reply;
    const onsetMs = (clip.onsetSample * 1000) / clip.rateHz;
    const gap = { atMs: onsetMs + atMs, lengthMs, losesSound: true };
    expect(syntheticTurn({ seed: 3, ...speech, gap }).onsetPlayed).toBe(expected);
    expect(syntheticTurn({ seed: 3, ...speech, gap: { ...gap, losesSound: false } }).onsetPlayed).toBe(true);
  });

  it('counts the prompt where it is heard when there is one channel', () => {
    const options = { seed: 3, ...clicks, ...clean, topology: 'bleed', bleedDb: 0 } as const;
    const { sound, truth } = syntheticTurn(options);
    expect(sound.capture!.channels).toHaveLength(1);
    const [heard] = sound.capture!.channels;
    const promptAt = peakOf(heard!.subarray(0, 2 * RATE_HZ));
    const replyAt = 2 * RATE_HZ + peakOf(heard!.subarray(2 * RATE_HZ));
    // 3 ms of air are on the way of the prompt, and nothing is subtracted.
    const direct = syntheticTurn({ ...options, topology: 'virtual' });
    expect(Math.abs(replyAt - promptAt - (truth.voiceToVoice * RATE_HZ) / 1000)).toBeLessThan(2 * READING);
    expect(direct.truth.voiceToVoice - truth.voiceToVoice).toBeCloseTo(3, 9);
  });

  it.each([0, 200])('counts the arrival of the packet that holds the prompt: %i ppm', (boardPpm) => {
    const { sound, record, truth } = syntheticTurn({ seed: 5, ...clicks, ...clean, boardPpm });
    const at = peakOf(sound.received!.samples);
    const packet = record.received!.packets.find(
      ({ streamSample, lengthSamples }) => at >= streamSample && at < streamSample + lengthSamples,
    );
    const [, loopback] = sound.capture!.channels;
    const promptAtMs = 5_000 + ((FIRST_RIG_SAMPLE + peakOf(loopback!)) * 1000) / RATE_HZ;
    expect(packet!.hostAtMs - promptAtMs).toBeCloseTo(truth.uplink, 2);
  });

  it('waits 6.5 ms for Opus on either way', () => {
    const dry = syntheticTurn({ seed: 6, ...speech });
    const coded = syntheticTurn({ seed: 6, ...speech, opus: { reply: true, uplink: true } });
    const waited = coded.truth.downlink - dry.truth.downlink;
    expect(waited).toBeCloseTo(6.5, 6);
    // A packet of 20 ms either holds the sample still, or the next one does.
    expect([0, 20]).toContain(Math.round((coded.truth.uplink - dry.truth.uplink) / 10) * 10);
  });

  it('has parts that sum to voice-to-voice', () => {
    const { truth } = syntheticTurn({ seed: 7, ...speech, boardPpm: -150, gap: { atMs: 10, lengthMs: 50 } });
    const sum = partNames.reduce((total, part) => total + truth[part], 0);
    expect(sum).toBeCloseTo(truth.voiceToVoice, 6);
  });

  it.each(['white', 'babble', 'hum'] as const)('mixes %s at the SNR that is asked for', (noise) => {
    const voices = [speech.prompt.sound];
    const options = { seed: 8, ...speech, bleedDb: -Infinity, noise, voices, replyLevelDbFs: -30 } as const;
    const [noisy, quiet] = [10, 200].map((snrDb) => syntheticTurn({ ...options, snrDb }));
    const [heard, alone] = [noisy!, quiet!].map(({ sound }) => sound.capture!.channels[0]!);
    const rms = Math.sqrt(
      heard!.reduce((sum, value, n) => sum + (value - alone![n]!) ** 2, 0) / heard!.length,
    );
    expect(20 * Math.log10(rms)).toBeCloseTo(-40, 2);
    expect(activeLevelDbFs({ samples: alone!, rateHz: RATE_HZ })).toBeCloseTo(-30, 0);
  });

  it('levels the capture with the room in it', () => {
    const room = { rt60Ms: 600, directToReverberantDb: -6 };
    const { sound } = syntheticTurn({ seed: 8, ...speech, ...clean, room, replyLevelDbFs: -30 });
    const level = activeLevelDbFs({ samples: sound.capture!.channels[0]!, rateHz: RATE_HZ });
    expect(Math.abs(level + 30)).toBeLessThan(2);
  });

  it('is the same turn for the same seed, and keeps its timing when the noise changes', () => {
    const options = { seed: 9, ...speech, snrDb: 10, voices: [speech.prompt.sound] } as const;
    const turn = syntheticTurn(options);
    // Jest's own comparison takes seconds for so many samples.
    expect(isDeepStrictEqual(syntheticTurn(options), turn)).toBe(true);
    expect(syntheticTurn({ ...options, noise: 'babble' }).truth).toEqual(turn.truth);
    expect(syntheticTurn({ ...options, seed: 10 }).truth).not.toEqual(turn.truth);
  });
});
