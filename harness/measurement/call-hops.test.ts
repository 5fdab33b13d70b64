import { join } from 'node:path';

import { loadCorpus, readSpeechClip } from '../corpus';
import type { SpeechClip, TurnRecord } from '../ports';
import { matchCalls } from './calls';
import { hopsOf } from './call-hops';
import { TurnConsole } from './device-marks';
import { measureTurn } from './measure-turn';
import type { Hop } from './turn-measurement';
import { syntheticTurn, type Spoken } from './__fixtures__/synthetic-turn';

const corpus = loadCorpus(join(__dirname, '../../fixtures'));
const spoken = (clip: SpeechClip): Spoken => ({ clip, sound: readSpeechClip(clip) });
const lightOn = { name: 'SetLightState', arguments: { LightState: true } };
const { record, sound, truth } = syntheticTurn({
  seed: 1,
  prompt: spoken(corpus.prompts.get('en-light-on-a')!),
  reply: spoken(corpus.replies.get('en-light-is-on-a')!),
  calls: [lightOn],
});

/** What the synthetic turn counts: 21 ms to the console line, 1 ms to the effect, 10 ms more to the tool's output. */
const counted = { askedToExecuted: 21, executedToEffect: 1, askedToOutput: 32, executedToOutput: 11 };

const hops = (change: (record: TurnRecord) => TurnRecord) => {
  const changed = change(record);
  const [call] = matchCalls(changed);
  const found = Object.entries(hopsOf(changed, call!, new TurnConsole(changed), undefined)) as [
    string,
    Hop,
  ][];
  return Object.fromEntries(found.map(([name, { ms }]) => [name, Math.round(ms)]));
};

describe('the hops of a call', () => {
  it('are what was counted, from the end of the prompt on', async () => {
    const [call] = (await measureTurn(record, sound)).calls;
    expect(call?.hops).toMatchObject(
      Object.fromEntries(
        Object.entries(counted).map(([name, ms]) => [name, { ms: expect.closeTo(ms, 6) as number }]),
      ),
    );
    const { promptToAsked, askedToExecuted } = call!.hops!;
    const error = Math.abs(promptToAsked!.ms + askedToExecuted!.ms - truth.timeToFunctionCall);
    expect(error).toBeLessThan(2 * promptToAsked!.uncertaintyMs);
    // A line: √(1/3 + 0.3²) = 0.6506. √(0.3² + 0.6506²) from the provider to the console, √2 · 0.6506 from line to line,
    // √(0.3² + 0.3²) within the provider.
    expect(askedToExecuted?.uncertaintyMs).toBeCloseTo(0.7165, 4);
    expect(call?.hops?.executedToEffect?.uncertaintyMs).toBeCloseTo(0.9201, 4);
    expect(call?.hops?.askedToOutput?.uncertaintyMs).toBeCloseTo(0.4243, 4);
  });

  it.each<[string, (record: TurnRecord) => TurnRecord, readonly (keyof typeof counted)[]]>([
    ['prompt', (turn) => turn, ['askedToExecuted', 'executedToEffect', 'askedToOutput', 'executedToOutput']],
    ['execution', (turn) => ({ ...turn, boardEvents: [] }), ['askedToOutput']],
    [
      'effect',
      (turn) => ({ ...turn, boardEvents: turn.boardEvents.filter(({ type }) => type === 'function-call') }),
      ['askedToExecuted', 'askedToOutput', 'executedToOutput'],
    ],
    [
      'tool output',
      (turn) => ({
        ...turn,
        providerEvents: turn.providerEvents.filter(({ type }) => type !== 'tool-output'),
      }),
      ['askedToExecuted', 'executedToEffect'],
    ],
    [
      'request',
      (turn) => ({
        ...turn,
        providerEvents: turn.providerEvents.filter(({ type }) => type !== 'tool-call'),
      }),
      ['executedToEffect'],
    ],
  ])('are absent where an end was not seen: the %s', (_end, change, names) => {
    expect(hops(change)).toEqual(Object.fromEntries(names.map((name) => [name, counted[name]])));
  });

  it('believe a console line that came after the output only as far as that', () => {
    const late = (turn: TurnRecord): TurnRecord => ({
      ...turn,
      boardEvents: turn.boardEvents.map((event) => ({ ...event, hostAtMs: event.hostAtMs + 15 })),
    });
    const changed = late(record);
    const found = hopsOf(changed, matchCalls(changed)[0]!, new TurnConsole(changed), undefined);
    // The output comes 11 ms after the execution; the line is read 15 ms late, so 4 ms after the output.
    expect(found.executedToOutput?.ms).toBeCloseTo(-4, 6);
    expect(found.executedToOutput?.uncertaintyMs).toBeCloseTo(Math.hypot(Math.sqrt(1 / 3), 0.3, 4, 0.3), 6);
    expect(found.askedToExecuted?.uncertaintyMs).toBeCloseTo(Math.hypot(Math.sqrt(1 / 3), 0.3, 4, 0.3), 6);
    expect(found.askedToOutput?.uncertaintyMs).toBeCloseTo(0.4243, 4);
  });

  it('time a repeated call by its first execution', () => {
    const twice = (turn: TurnRecord): TurnRecord => ({
      ...turn,
      boardEvents: [
        ...turn.boardEvents,
        ...turn.boardEvents.map((event) => ({ ...event, hostAtMs: event.hostAtMs + 500 })),
      ],
    });
    expect(hops(twice)).toEqual(counted);
  });
});
