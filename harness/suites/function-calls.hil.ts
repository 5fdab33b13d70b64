/** A voice board does what it was told: the right call, with the right arguments, exactly once, and says so. */
import { describe, expect, test } from 'earshot';

describe('function calls', () => {
  test('turns the light on', { watched: true, needs: ['audio', 'SetLightState'] }, async ({ turn }) => {
    const answer = await turn('en-light-on');
    expect(answer).toHaveBeenHeardAs('en-light-on');
    expect(answer).toHaveCalledOnly('SetLightState', { LightState: true });
    expect(answer).toPlayCompletely();
    expect(answer).toHaveSaid(/light/);
  });

  test('turns the light off', { watched: true, needs: ['audio', 'SetLightState'] }, async ({ turn }) => {
    const answer = await turn('zh-light-off');
    expect(answer).toHaveBeenHeardAs('zh-light-off');
    expect(answer).toHaveCalledOnly('SetLightState', { LightState: false });
    expect(answer).toPlayCompletely();
    expect(answer).toHaveSaid(/灯.*关/);
  });

  test('sets the colour', { watched: true, needs: ['audio', 'SetLightState'] }, async ({ turn }) => {
    const answer = await turn('en-light-blue');
    expect(answer).toHaveBeenHeardAs('en-light-blue');
    expect(answer).toHaveCalledOnly('SetLightState', {
      LightState: true,
      LightColor: { red: 0, green: 0, blue: 255 },
    });
    expect(answer).toPlayCompletely();
    expect(answer).toHaveSaid(/blue/);
  });

  test('sets the volume to a number', { watched: true, needs: ['audio', 'SetVolume'] }, async ({ turn }) => {
    const answer = await turn('en-volume-forty');
    expect(answer).toHaveBeenHeardAs('en-volume-forty');
    expect(answer).toHaveCalledOnly('SetVolume', { volume: 40 });
    expect(answer).toPlayCompletely();
    expect(answer).toHaveSaid(/forty/);
  });

  test('opens the door', { watched: true, needs: ['audio', 'OpenDoor'] }, async ({ turn }) => {
    const answer = await turn('en-door-open');
    expect(answer).toHaveBeenHeardAs('en-door-open');
    expect(answer).toHaveCalledOnly('OpenDoor', { open: true });
    expect(answer).toPlayCompletely();
    expect(answer).toHaveSaid(/door/);
  });

  test('closes the door', { watched: true, needs: ['audio', 'OpenDoor'] }, async ({ turn }) => {
    const answer = await turn('zh-door-close');
    expect(answer).toHaveBeenHeardAs('zh-door-close');
    expect(answer).toHaveCalledOnly('OpenDoor', { open: false });
    expect(answer).toPlayCompletely();
    expect(answer).toHaveSaid(/门/);
  });

  test('calls nothing when nothing is meant', { watched: true, needs: ['audio'] }, async ({ turn }) => {
    const answer = await turn('en-joke');
    expect(answer).toHaveBeenHeardAs('en-joke');
    expect(answer).toHaveCalledNothing();
  });
});
