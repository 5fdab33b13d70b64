import { join } from 'node:path';
import { readFileSync } from 'node:fs';

import { timeScaled } from '../time-scale';
import { readWav } from '../wav';
import { loadVoiceActivityDetector, VOICE_ACTIVITY_RATE_HZ } from './voice-activity';

const clip = readWav(readFileSync(join(__dirname, '../../../fixtures/replies/en-greeting-a.wav')));
const speech = timeScaled(clip.channels[0]!, {
  start: 0,
  step: clip.rateHz / VOICE_ACTIVITY_RATE_HZ,
  lengthSamples: 24_000,
});
const share = (decisions: Uint8Array): number =>
  decisions.reduce((sum, voiced) => sum + voiced, 0) / decisions.length;

describe('voice-activity detector', () => {
  it('tells speech from digital silence', async () => {
    const vad = await loadVoiceActivityDetector();
    expect(share(vad.decide(speech))).toBeGreaterThan(0.8);
    expect(share(vad.decide(new Float32Array(16_000)))).toBe(0);
  });

  it('decides about whole frames of 10 ms', async () => {
    const vad = await loadVoiceActivityDetector();
    expect(vad.decide(new Float32Array(159))).toHaveLength(0);
    expect(vad.decide(new Float32Array(16_000 + 159))).toHaveLength(100);
  });

  it('says the same of the same sound, whatever it heard before', async () => {
    const vad = await loadVoiceActivityDetector();
    const first = vad.decide(speech);
    vad.decide(new Float32Array(16_000).fill(1));
    expect(vad.decide(speech)).toEqual(first);
  });

  it('takes what lies beyond full scale as clipped', async () => {
    const vad = await loadVoiceActivityDetector();
    const loud = speech.map((sample) => 100 * sample);
    const clipped = loud.map((sample) => Math.max(-1, Math.min(1, sample)));
    expect(vad.decide(loud)).toEqual(vad.decide(clipped));
  });
});
