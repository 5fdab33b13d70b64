/** A voice board does what it was told: the right call, with the right arguments, exactly once, and says so. */
import { benchDescription, describe, expect, test, type TurnResult } from 'earshot';

describe('function calls', () => {
  const confirms = benchDescription().dialect.capabilities.includes('call-results');

  /** Firmware that returns no results of its calls gives the provider nothing to confirm. */
  function expectConfirmation(answer: TurnResult, words: RegExp): void {
    if (!confirms) return;
    expect(answer).toPlayCompletely();
    expect(answer).toHaveSaid(words);
  }

  test('turns the light on', { watched: true, needs: ['audio', 'SetLightState'] }, async ({ turn }) => {
    const answer = await turn('en-light-on');
    expect(answer).toHaveBeenHeardAs('en-light-on');
    expect(answer).toHaveCalledOnly('SetLightState', { LightState: true });
    expectConfirmation(answer, /light/);
  });

  test('turns the light off', { watched: true, needs: ['audio', 'SetLightState'] }, async ({ turn }) => {
    const answer = await turn('zh-light-off');
    expect(answer).toHaveBeenHeardAs('zh-light-off');
    expect(answer).toHaveCalledOnly('SetLightState', { LightState: false });
    expectConfirmation(answer, /灯.*关/);
  });

  test('sets the colour', { watched: true, needs: ['audio', 'SetLightState'] }, async ({ turn }) => {
    const answer = await turn('en-light-blue');
    expect(answer).toHaveBeenHeardAs('en-light-blue');
    expect(answer).toHaveCalledOnly('SetLightState', {
      LightState: true,
      LightColor: { red: 0, green: 0, blue: 255 },
    });
    expectConfirmation(answer, /blue/);
  });

  test('sets the volume to a number', { watched: true, needs: ['audio', 'SetVolume'] }, async ({ turn }) => {
    const answer = await turn('en-volume-forty');
    expect(answer).toHaveBeenHeardAs('en-volume-forty');
    expect(answer).toHaveCalledOnly('SetVolume', { volume: 40 });
    expectConfirmation(answer, /forty/);
  });

  test('opens the door', { watched: true, needs: ['audio', 'OpenDoor'] }, async ({ turn }) => {
    const answer = await turn('en-door-open');
    expect(answer).toHaveBeenHeardAs('en-door-open');
    expect(answer).toHaveCalledOnly('OpenDoor', { open: true });
    expectConfirmation(answer, /door/);
  });

  test('closes the door', { watched: true, needs: ['audio', 'OpenDoor'] }, async ({ turn }) => {
    const answer = await turn('zh-door-close');
    expect(answer).toHaveBeenHeardAs('zh-door-close');
    expect(answer).toHaveCalledOnly('OpenDoor', { open: false });
    expectConfirmation(answer, /门/);
  });

  test(
    'confirms aloud what it did',
    { watched: true, needs: ['audio', 'SetLightState', 'call-results'] },
    async ({ turn }) => {
      const answer = await turn('zh-light-red');
      expect(answer).toHaveCalledOnly('SetLightState');
      expectConfirmation(answer, /红/);
      expect(answer).toHaveMeasured('timeToConfirmation');
    },
  );

  test('calls nothing when nothing is meant', { watched: true, needs: ['audio'] }, async ({ turn }) => {
    const answer = await turn('en-joke');
    expect(answer).toHaveBeenHeardAs('en-joke');
    expect(answer).toHaveCalledNothing();
  });
});
