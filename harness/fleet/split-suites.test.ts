import { needsFor, splitSuites, type BenchState } from '.';

describe('splitSuites', () => {
  it('fills units of a minute with whole suites, the longest unit first', () => {
    const suites = [
      { suite: 'boot', expectedMs: 15_000 },
      { suite: 'crash', expectedMs: 90_000 },
      { suite: 'session', expectedMs: 40_000 },
      { suite: 'barge-in', expectedMs: 21_000 },
    ];
    expect(splitSuites(suites)).toEqual([
      { suites: ['crash'], expectedMs: 90_000 },
      { suites: ['session', 'boot'], expectedMs: 55_000 },
      { suites: ['barge-in'], expectedMs: 21_000 },
    ]);
  });

  it('cuts a suite of turns into equal parts, and loses none', () => {
    const units = splitSuites([{ suite: 'latency', expectedMs: 601_000, turns: 100 }]);
    expect(units).toHaveLength(11);
    expect(units.reduce((sum, { turns = 0 }) => sum + turns, 0)).toBe(100);
    expect(new Set(units.map(({ turns }) => turns))).toEqual(new Set([9, 10]));
  });

  it.each([
    [4, 1],
    [7, 1],
    [8, 2],
  ])('makes no part of so few turns that it is all beginnings: %i turns are %i units', (turns, count) => {
    expect(splitSuites([{ suite: 'latency', expectedMs: 600_000, turns }])).toHaveLength(count);
  });

  it('puts no suite twice into a unit, as its turns would be played once', () => {
    const units = splitSuites(
      [
        { suite: 'latency', expectedMs: 20_000, turns: 8 },
        { suite: 'boot', expectedMs: 5_000 },
      ],
      10_000,
    );
    expect(units.map(({ suites }) => suites)).toEqual([['latency'], ['latency'], ['boot']]);
    expect(splitSuites([])).toEqual([]);
  });
});

describe('needsFor', () => {
  const offer = {
    boardModel: 'ESP32-S3-Korvo-2',
    rig: 'alsa',
    languages: ['zh', 'en'],
    providers: ['mock', 'mock:spark'],
  };
  const board = {
    name: 'a',
    model: offer.boardModel,
    dialect: 'openai-demo',
    state: 'idle',
    sinceMs: 0,
  } as const;
  const bench = (...offers: readonly (typeof offer)[]): BenchState => ({
    bench: 'room-1',
    host: 'lab',
    version: '0.1.0',
    seenAtMs: 0,
    boards: [board, ...offers.map((one) => ({ ...board, offer: one }))],
  });
  const atom = { ...offer, boardModel: 'M5Stack AtomS3R', languages: ['zh'] };

  it.each(['korvo2', 'Korvo-2', 'ESP32-S3-KORVO-2'])('knows a model by %s', (model) => {
    expect(needsFor([bench(offer, atom)], { model, provider: 'mock' })).toEqual({
      boardModel: 'ESP32-S3-Korvo-2',
      rig: 'alsa',
      language: 'en',
      provider: 'mock',
    });
  });

  it('takes the only model there is, in the language that it has', () => {
    expect(needsFor([bench(atom)], { provider: 'mock' })).toMatchObject({ language: 'zh' });
    expect(needsFor([bench(offer, offer)], { language: 'zh', provider: 'mock' })).toMatchObject({
      language: 'zh',
    });
  });

  it('has suites of a team waited for by the way that more boards were told to play them', () => {
    const wish = { provider: 'mock', suites: 'hash' };
    const these = { ...offer, suites: ['hash'] };
    const any = { ...offer, suites: ['any'] };
    expect(needsFor([bench(offer, these, any)], wish)).toMatchObject({ suites: 'hash' });
    expect(needsFor([bench(any, these, any)], wish)).toMatchObject({ suites: 'any' });
    expect(needsFor([bench(these)], { provider: 'mock' })).not.toHaveProperty('suites');
    expect(() => needsFor([bench(offer, these)], { ...wish, suites: 'other' })).toThrow(/--suites/);
    expect(() => needsFor([bench(these)], { ...wish, language: 'fr' })).toThrow(/language fr; there is/);
  });

  it('refuses what fits no board, or boards of several kinds, and says what there is', () => {
    const refusal = (benches: readonly BenchState[], wish: Partial<Parameters<typeof needsFor>[1]>) => () =>
      needsFor(benches, { provider: 'mock', ...wish });
    expect(refusal([], {})).toThrow('there is no board at all');
    expect(refusal([bench()], {})).toThrow('there is no board at all');
    expect(refusal([bench(offer)], { provider: 'live:openai' })).toThrow('mock/mock:spark');
    expect(refusal([bench(offer, atom)], {})).toThrow(/several kinds.*Korvo-2.*AtomS3R/);
    expect(refusal([bench(offer, { ...offer, rig: 'pulse' })], { model: 'korvo2' })).toThrow('rig pulse');
    expect(refusal([bench(atom)], { language: 'en' })).toThrow('language en');
  });
});
