import { scenario } from '../__fixtures__/small-corpus';
import { sayIn, Script } from './script';

const light = { promptId: 'en-light-on-a', utterance: 'en-light-on', language: 'en', confidence: 1 };
const tools = { tools: ['SetLightState'] };

describe('Script', () => {
  it('greets first and once asked again keeps greeting until something is heard', () => {
    const script = new Script(scenario);
    expect(script.carryOn()).toEqual({ calls: [], say: 'en-greeting' });
    script.hear({ confidence: 0 }, tools);
    expect(script.carryOn()).toEqual({ calls: [], say: undefined });
  });

  it('calls, waits for every output, then confirms in the language it heard', () => {
    const script = new Script(scenario);
    const zh = { ...light, utterance: 'zh-light-on', language: 'zh' };
    expect(script.hear(zh, tools).calls).toHaveLength(1);
    script.called('c1');
    expect(script.carryOn()).toEqual({ calls: [], say: undefined });
    script.output('c1');
    expect(script.carryOn()).toEqual({ calls: [], say: 'zh-light-is-on' });
    expect(script.carryOn()).toEqual({ calls: [], say: undefined });
  });

  it('speaks at once when none of its calls is advertised', () => {
    expect(new Script(scenario).hear(light, { tools: [] })).toEqual({ calls: [], say: 'en-light-is-on' });
  });

  it('answers what is none of the corpus with the words for it, or with silence', () => {
    expect(new Script(scenario).hear({ confidence: 0.2 }, tools).say).toBe('en-sorry');
    const { unknown, ...silent } = scenario;
    expect(unknown).toMatchObject({ en: 'en-sorry' });
    expect(new Script(silent).hear({ confidence: 0.2 }, tools).say).toBeUndefined();
  });

  it('lets the turn script override whatever was heard', () => {
    const script = new Script(scenario, () => ({ calls: [], say: { zh: 'zh-light-is-on', en: 'en-joke' } }));
    expect(script.hear({ confidence: 0 }, tools).say).toBe('zh-light-is-on');
    expect(script.hear(light, tools).say).toBe('en-joke');
  });
});

describe('sayIn', () => {
  it('prefers the exact tag, then its language, then what there is', () => {
    const spoken = { en: 'e', 'zh-HK': 'hk', zh: 'z' };
    expect([
      sayIn(spoken, 'zh-HK'),
      sayIn(spoken, 'zh-TW'),
      sayIn(spoken, 'de'),
      sayIn(undefined, 'en'),
    ]).toEqual(['hk', 'z', 'e', undefined]);
  });
});
