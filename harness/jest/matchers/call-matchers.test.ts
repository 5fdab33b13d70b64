import { turnOf, type Step } from './__fixtures__/synthetic-turn';
import {
  judgeCalled,
  judgeCalledInOrder,
  judgeCalledNothing,
  judgeCalledOnly,
  judgeNotCalled,
  type ExpectedCall,
} from './call-matchers';
import { eventList } from './event-list';
import type { Judgement } from './judgement';

const blue = { LightState: true, LightColor: { red: 0, green: 0, blue: 255 } };
const asks = (name: string, args: Record<string, unknown>): Step => ({ asks: name, args });
const runs = (name: string, args?: Record<string, unknown>): Step =>
  args === undefined ? { runs: name } : { runs: name, args };

/** The lines of a failure that carry the marker, without their times. */
const marked = (steps: readonly Step[], judge: (turn: ReturnType<typeof turnOf>) => Judgement): string[] => {
  const turn = turnOf(steps);
  return eventList(turn, judge(turn).mismatches)
    .split('\n')
    .filter((line) => line.startsWith('✗'))
    .map((line) => line.replace(/^✗ +\d* +/, '').replace(/ {2}\(.*?\)/, ''));
};

const openDoor: readonly Step[] = [asks('OpenDoor', { open: true }), runs('OpenDoor', { open: true })];

describe('toHaveCalled', () => {
  it('accepts the right call, deep arguments included, in whatever company', () => {
    const turn = turnOf([
      asks('SetLightState', blue),
      runs('SetLightState', structuredClone(blue)),
      ...openDoor,
    ]);
    expect(judgeCalled(turn, 'SetLightState', blue).pass).toBe(true);
    expect(judgeCalled(turn, 'SetLightState').pass).toBe(true);
    expect(judgeCalled(turn, 'OpenDoor', { open: true }).pass).toBe(true);
  });

  it.each<[string, readonly Step[], string, readonly string[]]>([
    [
      'never asked for',
      [],
      'HIL_SCENARIO_MISMATCH',
      ['board     missing: SetLightState({"LightState":true})'],
    ],
    [
      'asked for and not executed',
      [asks('SetLightState', { LightState: true })],
      'HIL_TURN_CALL_MISSING',
      ['board     missing: SetLightState({"LightState":true})'],
    ],
    [
      'executed twice',
      [
        asks('SetLightState', { LightState: true }),
        runs('SetLightState', { LightState: true }),
        runs('SetLightState', { LightState: true }),
      ],
      'HIL_TURN_CALL_REPEATED',
      ['board     executes SetLightState({"LightState":true})  ← again'],
    ],
    [
      'executed again with other arguments that nobody asked for',
      [
        asks('SetLightState', { LightState: true }),
        runs('SetLightState', { LightState: true }),
        runs('SetLightState', { LightState: false }),
      ],
      'HIL_TURN_CALL_REPEATED',
      ['board     executes SetLightState({"LightState":false})  ← again'],
    ],
    [
      'executed on other arguments',
      [asks('SetLightState', { LightState: true }), runs('SetLightState', { LightState: false })],
      'HIL_TURN_CALL_ARGUMENTS',
      ['board     executes SetLightState({"LightState":false})  ← LightState is false, expected true'],
    ],
    [
      'executed on what is no JSON',
      [asks('SetLightState', { LightState: true }), runs('SetLightState')],
      'HIL_TURN_CALL_ARGUMENTS',
      [
        'board     executes SetLightState(no JSON object)  ← the arguments are nothing, expected {"LightState":true}',
      ],
    ],
    [
      'contradicted by its effect',
      [
        asks('SetLightState', { LightState: true }),
        runs('SetLightState', { LightState: true }),
        { light: false },
      ],
      'HIL_TURN_CALL_ARGUMENTS',
      ['board     Light set to OFF  ← not what was asked for'],
    ],
  ])('fails for a call that is %s, and marks where', (_, steps, code, lines) => {
    const judge = (turn: ReturnType<typeof turnOf>) =>
      judgeCalled(turn, 'SetLightState', { LightState: true });
    expect(judge(turnOf(steps))).toMatchObject({ pass: false, code });
    expect(marked(steps, judge)).toEqual(lines);
  });

  it('tells calls of one name apart by their arguments where each was asked for', () => {
    const turn = turnOf([
      asks('SetVolume', { volume: 20 }),
      runs('SetVolume', { volume: 20 }),
      asks('SetVolume', { volume: 40 }),
      runs('SetVolume', { volume: 40 }),
    ]);
    expect(judgeCalled(turn, 'SetVolume', { volume: 40 }).pass).toBe(true);
    expect(judgeCalled(turn, 'SetVolume')).toMatchObject({ pass: false, code: 'HIL_SCENARIO_MISMATCH' });
    expect(judgeCalledOnly(turn, 'SetVolume', { volume: 40 })).toMatchObject({
      pass: false,
      message: 'The board also executed SetVolume({"volume":20}).',
    });
  });

  it('blames firmware that never told the provider of the tool, and says what it did tell', () => {
    const record = { advertised: ['SetLightState', 'OpenDoor'] };
    const expected = {
      pass: false,
      code: 'HIL_SESSION_TOOL_MISSING',
      message: 'tool SetVolume not advertised by the firmware, which advertised SetLightState, OpenDoor.',
    };
    const silent = turnOf([], { record });
    expect(judgeCalledOnly(silent, 'SetVolume', { volume: 40 })).toMatchObject(expected);
    expect(judgeCalledInOrder(silent, [['SetVolume', { volume: 40 }]])).toMatchObject(expected);
    expect(judgeCalled(silent, 'OpenDoor')).toMatchObject({ code: 'HIL_SCENARIO_MISMATCH' });
    // What was asked for and done all the same is no matter of the list.
    const done = turnOf([asks('SetVolume', { volume: 40 }), runs('SetVolume', { volume: 40 })], { record });
    expect(judgeCalledOnly(done, 'SetVolume', { volume: 40 }).pass).toBe(true);
  });

  it('takes calls that firmware repeats by a fault of its own for one each, and shows what they did', () => {
    const [door, volume] = [{ open: true }, { volume: 40 }];
    const turn = turnOf([
      { asks: 'OpenDoor', args: door, callId: 'a' },
      { asks: 'SetVolume', args: volume, callId: 'b' },
      { runs: 'OpenDoor', args: door, callId: 'a' },
      { runs: 'SetVolume', args: volume, callId: 'b' },
      { volume: 40 },
      { runs: 'OpenDoor', args: door, callId: 'a', repeated: true },
      { runs: 'SetVolume', args: volume, callId: 'b', repeated: true },
      { volume: 40 },
    ]);
    expect(
      judgeCalledInOrder(turn, [
        ['OpenDoor', door],
        ['SetVolume', volume],
      ]).pass,
    ).toBe(true);
    expect(
      turn.measurement.calls.map(({ name, executed, effects }) => [name, executed.length, effects]),
    ).toEqual([
      ['OpenDoor', 1, []],
      ['SetVolume', 1, ['Volume set to 40', 'Volume set to 40']],
    ]);
    expect(eventList(turn).match(/executes .* again$/gm)).toHaveLength(2);
  });

  it('names only the keys that differ', () => {
    const other = { LightState: true, LightColor: { red: 0, green: 9, blue: 255 } };
    const turn = turnOf([asks('SetLightState', blue), runs('SetLightState', other)]);
    expect(judgeCalled(turn, 'SetLightState', blue).message).toMatch(
      /: LightColor\.green is 9, expected 0\.$/,
    );
  });

  it('blames the scenario, not a board that did what it was asked for', () => {
    const obeyed = turnOf(openDoor);
    const code = 'HIL_SCENARIO_MISMATCH';
    expect(judgeCalled(obeyed, 'OpenDoor', { open: false })).toMatchObject({ pass: false, code });
    expect(judgeCalled(obeyed, 'SetVolume')).toMatchObject({ pass: false, code });
    expect(judgeCalledNothing(obeyed)).toMatchObject({ pass: false, code });
    expect(judgeNotCalled(obeyed, 'OpenDoor')).toMatchObject({ pass: false, code });
    const disobeyed = turnOf([asks('OpenDoor', { open: true }), runs('OpenDoor', { open: false })]);
    expect(judgeCalled(disobeyed, 'OpenDoor', { open: true })).toMatchObject({
      code: 'HIL_TURN_CALL_ARGUMENTS',
    });
  });

  it('reads turns of older versions, which knew no contradictions and no hops', () => {
    const turn = turnOf(openDoor);
    const calls = turn.measurement.calls.map(({ name, asked, executed, effects }) => ({
      name,
      asked,
      executed,
      effects,
    }));
    const old = { ...turn, measurement: { ...turn.measurement, calls } };
    expect(judgeCalled(old, 'OpenDoor', { open: true }).pass).toBe(true);
    expect(eventList(old)).toContain('executes OpenDoor({"open":true})');
  });
});

describe('toHaveCalledOnly and toHaveCalledNothing', () => {
  it('refuse company', () => {
    const steps = [
      asks('SetLightState', blue),
      runs('SetLightState', blue),
      runs('OpenDoor', { open: true }),
    ];
    const turn = turnOf(steps);
    expect(judgeCalledOnly(turn, 'SetLightState', blue)).toMatchObject({
      pass: false,
      code: 'HIL_TURN_CALL_UNEXPECTED',
      message: 'The board also executed OpenDoor({"open":true}).',
    });
    expect(marked(steps, (one) => judgeCalledOnly(one, 'SetLightState', blue))).toEqual([
      'board     executes OpenDoor({"open":true})  ← not expected',
    ]);
    expect(judgeCalledNothing(turn)).toMatchObject({ pass: false, code: 'HIL_TURN_CALL_UNEXPECTED' });
  });

  it('do not count a call that was asked for and never executed', () => {
    expect(judgeCalledNothing(turnOf([asks('OpenDoor', { open: true })])).pass).toBe(true);
    expect(judgeCalledNothing(turnOf([])).pass).toBe(true);
  });
});

describe('not.toHaveCalled', () => {
  const turn = turnOf([
    asks('SetVolume', { volume: 20 }),
    runs('SetVolume', { volume: 20 }),
    runs('OpenDoor', {}),
  ]);

  it('holds for what was never executed, or only on other arguments', () => {
    expect(judgeNotCalled(turn, 'SetLightState').pass).toBe(true);
    expect(judgeNotCalled(turn, 'SetVolume', { volume: 40 }).pass).toBe(true);
  });

  it('does not hold for a call that came twice, which toHaveCalled refuses as well', () => {
    const twice = turnOf([...openDoor, runs('OpenDoor', { open: true })]);
    expect(judgeCalled(twice, 'OpenDoor').pass).toBe(false);
    expect(judgeNotCalled(twice, 'OpenDoor')).toMatchObject({
      pass: false,
      code: 'HIL_TURN_CALL_UNEXPECTED',
      message:
        'The board executed OpenDoor({"open":true}), OpenDoor({"open":true}), expected no OpenDoor(…).',
    });
  });
});

describe('toHaveCalledInOrder', () => {
  const on: ExpectedCall = ['SetLightState', { LightState: true }];
  const loud: ExpectedCall = ['SetVolume', { volume: 40 }];
  const asked = [asks(on[0], on[1]!), asks(loud[0], loud[1]!)];
  const did = (...calls: readonly ExpectedCall[]): Step[] => [
    ...asked,
    ...calls.map(([name, args]) => runs(name, args)),
  ];

  it('holds for these calls in this order, whatever lies between asking and executing', () => {
    expect(judgeCalledInOrder(turnOf(did(on, loud)), [on, loud]).pass).toBe(true);
    expect(judgeCalledInOrder(turnOf(did(on, loud)), [[on[0]], [loud[0]]]).pass).toBe(true);
    expect(judgeCalledInOrder(turnOf([]), []).pass).toBe(true);
  });

  it.each<[string, readonly ExpectedCall[], string, readonly string[]]>([
    [
      'the wrong order',
      [loud, on],
      'HIL_TURN_CALL_ORDER',
      ['board     executes SetVolume({"volume":40})  ← expected SetLightState({"LightState":true}) here'],
    ],
    ['a lost call', [on], 'HIL_TURN_CALL_MISSING', ['board     missing: SetVolume({"volume":40})']],
    [
      'a call that came again',
      [on, loud, on],
      'HIL_TURN_CALL_REPEATED',
      ['board     executes SetLightState({"LightState":true})  ← again'],
    ],
    [
      'a call that nobody expects',
      [on, ['OpenDoor', { open: true }], loud],
      'HIL_TURN_CALL_UNEXPECTED',
      ['board     executes OpenDoor({"open":true})  ← not expected'],
    ],
    [
      'other arguments',
      [on, ['SetVolume', { volume: 80 }]],
      'HIL_TURN_CALL_ARGUMENTS',
      ['board     executes SetVolume({"volume":80})  ← volume is 80, expected 40'],
    ],
  ])('marks %s', (_, executed, code, lines) => {
    expect(judgeCalledInOrder(turnOf(did(...executed)), [on, loud])).toMatchObject({ pass: false, code });
    expect(marked(did(...executed), (turn) => judgeCalledInOrder(turn, [on, loud]))).toEqual(lines);
  });

  it('blames the scenario when the board did what was asked for, in that order', () => {
    expect(judgeCalledInOrder(turnOf(did(on, loud)), [loud, on])).toMatchObject({
      pass: false,
      code: 'HIL_SCENARIO_MISMATCH',
    });
  });

  it('sees an effect that contradicts its call', () => {
    const steps = [asks(on[0], on[1]!), runs(on[0], on[1]), { light: false }];
    expect(judgeCalledInOrder(turnOf(steps), [on])).toMatchObject({
      pass: false,
      code: 'HIL_TURN_CALL_ARGUMENTS',
    });
  });
});
