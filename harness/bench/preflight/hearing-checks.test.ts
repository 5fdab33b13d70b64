import type { ProviderEvent } from '../../ports';
import { judgeMicrophone } from './microphone';
import { judgeSpeaker } from './speaker';
import { playoutOf, type Talk } from './talk';

const talk = (changes: Partial<Talk> = {}): Talk => ({
  prompt: { id: 'en-light-on-a', utterance: 'en-light-on' },
  heard: { utterance: 'en-light-on', confidence: 0.93 },
  received: { levelDbFs: -31, hasPrompt: true },
  onLoopback: true,
  asBleed: true,
  reply: { id: 'en-greeting-a', isFound: true, levelDbFs: -24, noiseFloorDbFs: -60 },
  ...changes,
});

describe('the microphone', () => {
  it('is alive when the provider heard the prompt', () => {
    expect(judgeMicrophone(talk())).toMatchObject({
      state: 'ok',
      seen: 'the provider heard en-light-on (confidence 0.93, -31 dBFS)',
    });
  });

  const silent = { heard: undefined, received: { levelDbFs: -120, hasPrompt: false } };

  it('is the board’s when it is silent and the prompt’s bleed shows that it was in the room', () => {
    expect(judgeMicrophone(talk(silent))).toMatchObject({
      state: 'fail',
      origin: 'board',
      code: 'HIL_TURN_MICROPHONE_SILENT',
    });
  });

  it.each([
    [true, /left the rig \(it is on the loopback\), and nothing shows that it was in the room/],
    [false, /nothing shows that the prompt left the rig/],
    [undefined, /nothing shows that the prompt left the rig/],
  ])('accuses nobody without that witness (loopback: %s)', (onLoopback, seen) => {
    expect(judgeMicrophone(talk({ ...silent, asBleed: false, onLoopback }))).toMatchObject({
      state: 'fail',
      origin: 'bench',
      code: 'HIL_TURN_UNHEARD',
      seen: expect.stringMatching(seen) as string,
    });
  });

  it('is doubted when the prompt arrives and is not understood', () => {
    const weak = { heard: undefined, received: { levelDbFs: -62, hasPrompt: true } };
    expect(judgeMicrophone(talk(weak))).toMatchObject({ state: 'warn', code: 'HIL_TURN_MISHEARD' });
  });

  it('has not been proved alive by other sound: that may be the noise of the room', () => {
    const noise = {
      heard: { utterance: undefined, confidence: 0.1 },
      received: { levelDbFs: -40, hasPrompt: false },
    };
    expect(judgeMicrophone(talk(noise))).toMatchObject({ state: 'fail', origin: 'bench' });
  });

  it('is not known where nothing came to the provider at all', () => {
    expect(judgeMicrophone(talk({ heard: undefined, received: undefined, asBleed: false }))).toMatchObject({
      state: 'fail',
      origin: 'bench',
    });
  });
});

describe('the speaker', () => {
  const silent = { id: 'en-greeting-a', isFound: false, levelDbFs: -59, noiseFloorDbFs: -60 };

  it('is audible when what was sent is on the speaker channel', () => {
    expect(judgeSpeaker(talk())).toMatchObject({
      state: 'ok',
      seen: 'en-greeting-a is on the speaker channel, at -24 dBFS',
    });
  });

  it('is the board’s when it is silent and the rig hears the prompt on the same channel', () => {
    expect(judgeSpeaker(talk({ reply: silent }))).toMatchObject({
      state: 'fail',
      origin: 'board',
      code: 'HIL_TURN_SPEAKER_SILENT',
    });
  });

  it('accuses nobody where nothing shows that the rig hears', () => {
    expect(judgeSpeaker(talk({ reply: silent, asBleed: false }))).toMatchObject({
      state: 'fail',
      origin: 'bench',
      seen: expect.stringContaining('nothing shows that the rig hears') as string,
    });
  });

  it('is doubted when there is sound in which the reply cannot be found', () => {
    expect(judgeSpeaker(talk({ reply: { ...silent, levelDbFs: -30 } }))).toMatchObject({ state: 'warn' });
  });

  it('is not judged where nothing was said', () => {
    expect(judgeSpeaker(talk({ reply: undefined }))).toMatchObject({ state: 'skipped' });
  });
});

describe('playoutOf', () => {
  const event = (hostAtMs: number, body: object): ProviderEvent =>
    ({ seq: 0, hostAtMs, ...body }) as ProviderEvent;
  const audio = (hostAtMs: number, itemId: string, lengthSamples: number) =>
    event(hostAtMs, { type: 'audio-out', itemId, lengthSamples, rateHz: 24_000 });

  it('is over when all that was sent has been played, one item behind the other', () => {
    const events = [
      event(0, { type: 'response-started', responseId: 'r1' }),
      audio(100, 'i1', 24_000),
      audio(110, 'i2', 12_000),
      event(120, { type: 'response-done', responseId: 'r1' }),
    ];
    expect(playoutOf(events)).toEqual({ responding: false, endsAtMs: 100 + 1_000 + 500 });
    expect(playoutOf(events.slice(0, 2))).toEqual({ responding: true, endsAtMs: 1_100 });
    expect(playoutOf([])).toEqual({ responding: false, endsAtMs: -Infinity });
  });
});
