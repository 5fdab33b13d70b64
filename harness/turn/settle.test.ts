import { FakeBench } from './__fixtures__/fake-bench';
import { settle } from './settle';
import { SpeakerWatch } from './speaker-watch';

const timing = { quietMs: 400, deadlineMs: 8_000, playbackGainDb: 0 };

/** The provider answers at `atMs` with a second of sound, which the speaker plays. */
function answers(bench: FakeBench, atMs: number, n: number): void {
  bench.at(atMs, () => {
    bench.says({ type: 'response-started', responseId: `r${n}`, trigger: 'client' });
    bench.says({
      type: 'audio-out',
      responseId: `r${n}`,
      itemId: `i${n}`,
      replyId: 'en-ok-a',
      rateHz: 24_000,
      fromSample: 0,
      lengthSamples: 24_000,
    });
    bench.says({ type: 'response-done', responseId: `r${n}`, status: 'completed' });
    bench.speaker(true);
  });
  bench.at(atMs + 1_000, () => bench.speaker(false));
}

describe('settle', () => {
  it('tells a board that answers itself by the third time', async () => {
    const bench = new FakeBench();
    for (let n = 0; n < 10; n += 1) {
      answers(bench, 100 + n * 1_100, n);
      bench.at(400 + n * 1_100, () => bench.says({ type: 'speech-started', onsetAtStreamSample: 0 }));
    }
    const settled = bench.run(settle(bench, new SpeakerWatch(bench.rig), timing, { greetingDue: true }));
    await expect(settled).rejects.toMatchObject({ code: 'HIL_TURN_SELF_TRIGGERED', facts: { count: 3 } });
    expect(bench.clock.nowMs()).toBeLessThan(3_000);
  });

  it('blames a provider that never ends a response for what it waited for in vain, and a board that talks on', async () => {
    const after = async (speaks: boolean) => {
      const bench = new FakeBench();
      bench.at(100, () => bench.says({ type: 'response-started', responseId: 'r', trigger: 'client' }));
      for (let atMs = 100; speaks && atMs < 32_000; atMs += 1_000) {
        bench.at(atMs, () => bench.speaker(true));
        bench.at(atMs + 700, () => bench.speaker(false));
      }
      return bench.run(
        settle(bench, new SpeakerWatch(bench.rig), timing, { greetingDue: true }).catch(
          (cause: unknown) => cause,
        ),
      );
    };
    expect(await after(false)).toMatchObject({ code: 'HIL_TURN_PROVIDER_FAILED' });
    expect(await after(true)).toMatchObject({ code: 'HIL_TURN_NEVER_QUIET' });
  });

  it('does not count speech while nothing of the board is on its way', async () => {
    const bench = new FakeBench();
    answers(bench, 100, 0);
    for (let n = 0; n < 5; n += 1)
      bench.at(1_450 + n * 10, () => bench.says({ type: 'speech-started', onsetAtStreamSample: 0 }));
    await bench.run(settle(bench, new SpeakerWatch(bench.rig), timing, { greetingDue: true }));
    expect(bench.clock.nowMs()).toBeGreaterThanOrEqual(1_400);
  });
});
