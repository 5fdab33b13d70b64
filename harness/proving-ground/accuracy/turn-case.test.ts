import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { loadCorpus } from '../../corpus';
import { measureTurn } from '../../measurement';
import { conditions, type Condition } from './conditions';
import { castOf, turnCase } from './turn-case';

const corpus = loadCorpus(join(__dirname, '../../../fixtures'));
const reported = castOf(corpus, 'reported');
const tuning = castOf(corpus, 'tuning');
const named = (name: string): Condition => conditions.find((one) => one.name === name)!;

describe('castOf', () => {
  it('shares no utterance between the turns that are reported and those to tune on', () => {
    const utterances = (cast: typeof reported): Set<string> =>
      new Set([...cast.prompts, ...cast.replies].map(({ utterance }) => utterance));
    const shared = [...utterances(reported)].filter((utterance) => utterances(tuning).has(utterance));
    expect(shared).toEqual([]);
    const all = [...corpus.prompts.values(), ...corpus.replies.values()].map(({ utterance }) => utterance);
    expect(new Set([...utterances(reported), ...utterances(tuning)])).toEqual(new Set(all));
  });

  it.each([reported, tuning])('has both languages and every voice: $set', ({ prompts, replies }) => {
    const all = [...corpus.prompts.values(), ...corpus.replies.values()];
    const of = (key: 'voice' | 'language', clips: readonly (typeof all)[number][]): Set<string> =>
      new Set(clips.map((clip) => clip[key]));
    expect(of('voice', [...prompts, ...replies])).toEqual(of('voice', all));
    expect(of('language', prompts)).toEqual(of('language', all));
    expect(of('language', replies)).toEqual(of('language', all));
  });
});

describe('turnCase', () => {
  it('is named by condition and index: the same again, another next to it and in the tuning set', () => {
    const one = turnCase(named('white-20'), 3, reported);
    // Jest's own comparison takes seconds for so many samples.
    expect(isDeepStrictEqual(turnCase(named('white-20'), 3, reported), one)).toBe(true);
    const seeds = [
      one,
      turnCase(named('white-20'), 4, reported),
      turnCase(named('white-10'), 3, reported),
      turnCase(named('white-20'), 3, tuning),
    ].map(({ seed }) => seed);
    expect(new Set(seeds).size).toBe(4);
  });

  it('answers with another utterance than it was asked', () => {
    for (let index = 0; index < 5; index++) {
      const { record } = turnCase(named('white-20'), index, reported).turn;
      expect(record.replies[0]!.clip.utterance).not.toBe(record.prompt.utterance);
    }
  });

  it.each<[string, unknown]>([
    ['capture-drops', 'bad-take'],
    ['digital-silence', 'no-prompt'],
    ['clipped-flat', expect.stringMatching(/^no-(prompt|onset)$/)],
    ['ends-in-prompt', expect.stringMatching(/^no-(prompt|onset)$/)],
    ['ends-early', 'no-onset'],
    ['no-loopback', 'no-prompt'],
    ['no-reply-silence', 'no-onset'],
  ])('leaves nothing to measure, and the measurement says why: %s', async (name, reason) => {
    const { turn } = turnCase(named(name), 0, reported);
    const { measures } = await measureTurn({ ...turn.record, truth: undefined }, turn.sound);
    expect(measures.voiceToVoice).toMatchObject({ reason });
    expect(measures.voiceToVoice.state).not.toBe('measured');
  });

  it('takes the periods that a rig lost out of both channels, between prompt and reply', () => {
    const whole = turnCase({ ...named('capture-drops'), spoiling: undefined as never }, 0, reported).turn;
    const { turn } = turnCase(named('capture-drops'), 0, reported);
    const { overruns, lengthSamples } = turn.record.capture!;
    expect(overruns).toBeGreaterThan(0);
    expect(whole.record.capture!.lengthSamples - lengthSamples).toBe(480 * overruns);
    turn.sound.capture!.channels.forEach((channel, index) => {
      const full = whole.sound.capture!.channels[index]!;
      expect(channel.subarray(-4_800)).toEqual(full.subarray(-4_800));
      expect(channel.subarray(0, 48_000)).toEqual(full.subarray(0, 48_000));
    });
  });
});

describe('conditions', () => {
  it('have names of their own', () => {
    expect(new Set(conditions.map(({ name }) => name)).size).toBe(conditions.length);
  });

  it('cover every axis alone and all of them at once', () => {
    const turns = conditions.map(({ turn }) => turn);
    for (const noise of ['white', 'babble', 'hum'])
      for (const snrDb of [40, 20, 10, 5, 0])
        expect(turns.some((turn) => turn.noise === noise && turn.snrDb === snrDb)).toBe(true);
    expect(
      turns.some(
        (turn) =>
          turn.snrDb === 10 &&
          turn.room?.rt60Ms === 600 &&
          turn.room.directToReverberantDb === -6 &&
          turn.opus?.reply === true &&
          turn.opus.uplink &&
          turn.boardPpm === 200,
      ),
    ).toBe(true);
  });
});
