/** A voice board can be interrupted: it stops, listens and does what it was told, and it never takes itself for the user. */
import { describe, expect, test } from 'earshot';

describe('barge-in', () => {
  test(
    'stops speaking when the user does, and obeys',
    { watched: true, needs: ['audio', 'barge-in', 'SetLightState'] },
    async ({ turn }) => {
      const answer = await turn('en-joke', { interruptWith: 'en-light-off', afterMs: 600 });
      expect(answer).toHaveBeenHeardAs('en-joke');
      expect(answer).toStopSpeakingWithin({ maxMs: 500 });
      expect(answer).toHaveHeardTheInterruptionAs('en-light-off');
      expect(answer).toHaveCalledOnly('SetLightState', { LightState: false });
    },
  );

  test('does not hear itself', { watched: true, needs: ['audio'] }, async ({ turn }) => {
    const answer = await turn('zh-joke');
    expect(answer).toHaveBeenHeardAs('zh-joke');
    expect(answer).toNotHearItself();
    expect(answer).toPlayCompletely();
  });
});
