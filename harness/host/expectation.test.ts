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

const prompt = (utterance: string, recognisable?: boolean): SpeechClip =>
  ({ utterance, ...(recognisable === undefined ? {} : { recognisable }) }) as SpeechClip;

describe('expectationOf', () => {
  it('takes calls and speech from the scenario’s turn', () => {
    expect(expectationOf(scenario, prompt('zh-light-on'))).toEqual({
      utterance: 'zh-light-on',
      calls: [{ name: 'SetLightState', arguments: { LightState: true } }],
      spoken: true,
    });
    expect(expectationOf(scenario, prompt('en-hush')).spoken).toBe(false);
  });

  it('expects an unrecognisable prompt to be unknown, answered as the scenario says', () => {
    expect(expectationOf(scenario, prompt('en-off-topic', false))).toEqual({
      utterance: undefined,
      calls: [],
      spoken: true,
    });
  });
});
