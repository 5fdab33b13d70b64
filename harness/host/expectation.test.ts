import type { Scenario, SpeechClip } from '../ports';
import { expectationOf } from './expectation';

const scenario = {
  turns: [
    {
      heard: ['en-light-on', 'zh-light-on'],
      calls: [{ name: 'SetLightState', arguments: { LightState: true } }],
      say: { en: 'x' },
    },
    { heard: ['en-hush'], calls: [] },
  ],
  unknown: { en: 'en-sorry' },
} as unknown as Scenario;

/** Firmware with a light. */
const offered = { capabilities: ['audio', 'call-results', 'SetLightState'], advertised: undefined };

const prompt = (utterance: string, recognisable?: boolean): SpeechClip =>
  ({ utterance, ...(recognisable === undefined ? {} : { recognisable }) }) as SpeechClip;

describe('expectationOf', () => {
  it('takes calls and speech from the scenario’s turn', () => {
    expect(expectationOf(scenario, prompt('zh-light-on'), offered)).toEqual({
      utterance: 'zh-light-on',
      calls: [{ name: 'SetLightState', arguments: { LightState: true } }],
      spoken: true,
    });
    expect(expectationOf(scenario, prompt('en-hush'), offered).spoken).toBe(false);
  });

  it.each([
    ['neither has nor offers', ['audio'], undefined, 0],
    ['neither has nor offers, offering others', ['audio'], ['OpenDoor'], 0],
    ['offers, whatever its dialect knows', ['audio', 'call-results'], ['SetLightState'], 1],
    ['has and does not offer, which is its fault', ['audio', 'SetLightState'], ['OpenDoor'], 1],
  ])('expects of a function that the firmware %s', (_, capabilities, advertised, calls) => {
    const expected = expectationOf(scenario, prompt('zh-light-on'), { capabilities, advertised });
    expect(expected.calls).toHaveLength(calls);
    expect(expected.spoken).toBe(true);
  });

  it.each([
    ['offers', ['SetLightState'], false],
    ['does not offer, so that the provider speaks at once', ['OpenDoor'], true],
  ])(
    'expects words of firmware that returns no results where it %s the function',
    (_, advertised, spoken) => {
      const mute = { capabilities: ['audio', 'SetLightState'], advertised };
      expect(expectationOf(scenario, prompt('zh-light-on'), mute).spoken).toBe(spoken);
    },
  );

  it('expects an unrecognisable prompt to be unknown, answered as the scenario says', () => {
    expect(expectationOf(scenario, prompt('en-off-topic', false), offered)).toEqual({
      utterance: undefined,
      calls: [],
      spoken: true,
    });
  });
});
