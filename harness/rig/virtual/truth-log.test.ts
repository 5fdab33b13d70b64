import { TruthLog } from './truth-log';

const span = { itemId: 'a', sourceSample: 0, lengthSamples: 240, sourceRateHz: 24_000 };
const mark = { streamSample: 480, hostAtMs: 12 };

describe('TruthLog', () => {
  it('adds the air path to what the speaker plays and takes it off what the microphone heard', () => {
    const log = new TruthLog(48_000, 96.5, 48);
    log.add([
      { kind: 'speaker', ...span, atLinkSample: 1_000.25 },
      { kind: 'uplink', ...mark, atLinkSample: 1_200 },
    ]);
    expect(log.between(0, 2_000, [])).toEqual({
      playbackStartsAtRigSample: [],
      speakerSpans: [{ ...span, atRigSample: 1_048.25 }],
      uplinkMarks: [{ ...mark, atRigSample: 1_103.5 }],
    });
  });

  it('names the starts of the clips that overlap the stretch, and of the latest by itself', () => {
    const log = new TruthLog(48_000, 0, 0);
    const played = [480, 4_800].map((startedAtRigSample) => ({
      startedAtRigSample,
      lengthSamples: 1_000,
      endAtRigSample: startedAtRigSample + 1_000,
    }));
    expect(log.between(0, 4_000, played).promptStartAtRigSample).toBe(480);
    expect(log.between(0, 9_000, played).promptStartAtRigSample).toBe(4_800);
    expect(log.between(0, 9_000, played).playbackStartsAtRigSample).toEqual([480, 4_800]);
    expect(log.between(1_480, 9_000, played).playbackStartsAtRigSample).toEqual([4_800]);
    expect(log.between(1_480, 4_800, played)).not.toHaveProperty('promptStartAtRigSample');
  });

  it('gives spans that overlap and marks inside, and forgets what is over', () => {
    const log = new TruthLog(48_000, 0, 0);
    log.add([
      { kind: 'speaker', ...span, atLinkSample: 0 },
      { kind: 'speaker', ...span, atLinkSample: 480 },
      { kind: 'uplink', ...mark, atLinkSample: 100 },
      { kind: 'uplink', ...mark, atLinkSample: 700 },
    ]);
    expect(log.between(479, 700, []).speakerSpans).toHaveLength(2);
    expect(log.between(480, 700, []).speakerSpans).toHaveLength(1);
    expect(log.between(100, 700, []).uplinkMarks).toHaveLength(1);
    log.forget(480);
    expect(log.between(0, 1_000, []).speakerSpans).toHaveLength(1);
    expect(log.between(0, 1_000, []).uplinkMarks).toHaveLength(1);
  });
});
