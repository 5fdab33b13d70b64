import { foundReply, turnOf } from './__fixtures__/synthetic-turn';
import { judgeCalledOnly } from './call-matchers';
import { eventList } from './event-list';

const volume = { asks: 'SetVolume', args: { volume: 40 }, callId: 'c1' } as const;

describe('the event list', () => {
  it('shows who did what when, what each hop took, and where expectation and reality part', () => {
    const turn = turnOf(
      [volume, { runs: 'SetVolume', args: { volume: 80 }, callId: 'c1' }, { volume: 80 }, { output: 'c1' }],
      {
        measurement: {
          marks: [
            { name: 'replyOnset', hostAtMs: 3_612.3, uncertaintyMs: 0.02 },
            { name: 'promptOnset', hostAtMs: 1_588, uncertaintyMs: 0.02 },
            { name: 'promptOffset', hostAtMs: 3_000, uncertaintyMs: 0.02 },
          ],
          reply: foundReply,
        },
      },
    );
    const { mismatches } = judgeCalledOnly(turn, 'SetVolume', { volume: 40 });
    expect(eventList(turn, mismatches).split('\n')).toEqual([
      '  ms after the prompt ended',
      '    -1412  rig       prompt begins',
      '        0  rig       prompt ends',
      '      100  provider  asks SetVolume({"volume":40})',
      '      110  board     executes SetVolume({"volume":80})  (10.0 ±0.7 ms after asked)',
      '✗     120  board     Volume set to 80  (10.0 ±0.9 ms after executed)  ← not what was asked for',
      '      130  provider  receives the output {"ok":true}  (30.0 ±0.4 ms after asked)',
      '      612  rig       reply begins',
    ]);
  });

  it('puts what is missing behind the request for it, or at the end', () => {
    const turn = turnOf([volume, { prints: 'Done' }]);
    const lines = (name: string) =>
      eventList(turn, judgeCalledOnly(turn, name).mismatches)
        .split('\n')
        .slice(1)
        .map((line) => line.slice(0, 2) + line.slice(11));
    expect(lines('SetVolume')).toEqual([
      '  rig       prompt ends',
      '  provider  asks SetVolume({"volume":40})',
      '✗ board     missing: SetVolume(…)',
      '  board     prints the transcript "Done"',
    ]);
    expect(lines('OpenDoor').at(-1)).toBe('✗ board     missing: OpenDoor(…)');
  });

  it('counts from the beginning of the turn where the prompt was not located', () => {
    const turn = turnOf([{ prints: 'Hello' }], { measurement: { marks: [] } });
    expect(eventList(turn)).toBe(
      '  ms after the turn began\n     2100  board     prints the transcript "Hello"',
    );
  });

  it('keeps what others print on its line', () => {
    const turn = turnOf([{ prints: 'a\r\n\u001b[31m✗ board\u0007' }]);
    expect(eventList(turn).split('\n')).toHaveLength(3);
    expect(eventList(turn)).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});
