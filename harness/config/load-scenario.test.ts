import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadScenario } from './load-scenario';
import { packageRoot } from './package-root';

const path = join(mkdtempSync(join(tmpdir(), 'earshot-scenario-')), 'own.yaml');
const load = (text: string) => {
  writeFileSync(path, `schema: earshot/scenario@1\nname: own\n${text}`);
  return loadScenario(path);
};

describe('loadScenario', () => {
  it('reads the scenario of the package', () => {
    const scenario = loadScenario(join(packageRoot(), 'fixtures/scenarios/voice-assistant.yaml'));
    expect(scenario).toMatchObject({
      name: 'voice-assistant',
      timing: { responseCreatedMs: 10, firstAudioMs: 150, toolCallMs: 120 },
      pacing: { chunkMs: 200, realTimeFactor: 4 },
      turnDetection: { threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs: 200 },
    });
    expect(scenario.turns.find(({ heard }) => heard.includes('en-light-red'))).toEqual({
      heard: ['en-light-red', 'zh-light-red'],
      calls: [
        {
          name: 'SetLightState',
          arguments: { LightState: true, LightColor: { red: 255, green: 0, blue: 0 } },
        },
      ],
      say: { en: 'en-light-is-red', zh: 'zh-light-is-red' },
    });
  });

  it('leaves out what is not said, so that absence is silence', () => {
    const scenario = load('turns: [{ heard: [en-joke] }]');
    expect(scenario.turns).toEqual([{ heard: ['en-joke'], calls: [] }]);
    expect(scenario).not.toHaveProperty('greeting');
    expect(scenario).not.toHaveProperty('unknown');
    expect(Object.isFrozen(scenario.turns[0]?.heard)).toBe(true);
  });

  it('takes a spread where a duration stands', () => {
    const { timing, text, seed } = load(
      'turns: []\nseed: 5\ntiming: { firstAudio: { median: 150ms, p95: 0.4s } }\ntext: { firstToken: { median: 1s, p95: 2s } }',
    );
    expect(timing).toMatchObject({ firstAudioMs: { medianMs: 150, p95Ms: 400 }, toolCallMs: 120 });
    expect(text).toEqual({
      firstTokenMs: { medianMs: 1000, p95Ms: 2000 },
      betweenTokensMs: 20,
      charsPerToken: 4,
    });
    expect(seed).toBe(5);
  });

  it.each([
    ['turns: [{ heard: [a], fault: flood }]', 'turns[0].fault'],
    ['turns: []\ntiming: { firstAudio: { median: 2s, p95: 1s } }', 'expected 0 < median <= p95'],
    ['turns: []\ntiming: { firstAudio: { median: 2s } }', 'timing.firstAudio.p95'],
    ['turns: [{ heard: [] }]', 'turns[0].heard is a list of 0; expected at least 1 entries'],
    ['turns: [{ heard: [a] }, { heard: [b, a] }]', 'turns[1].heard[1] is "a"; an earlier entry answers'],
    ['turns: [{ heard: [a], says: { en: x } }]', 'the key turns[0].says is unknown; did you mean say?'],
    ['turns: []\ngreeting: en-hello', 'greeting is "en-hello"; expected a mapping'],
    ['turns: []\nunknown: { English: en-sorry }', 'unknown.English'],
    ['turns: []\ntiming: { firstAudio: 0.15 }', 'timing.firstAudio is 0.15; a unit is missing'],
    [
      'turns: [{ heard: [a], calls: [{ name: f, arguments: [1] }] }]',
      'turns[0].calls[0].arguments is a list of 1; expected a mapping',
    ],
  ])('refuses %s', (text, sentence) => {
    expect(() => load(text)).toThrow(sentence);
  });
});
