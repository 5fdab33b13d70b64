import { executeCall, type WrongArguments } from './realtime-ws-tools';

const linesOf = (name: string, args: unknown, wrong: WrongArguments = 'none'): readonly string[] =>
  executeCall(name, JSON.stringify(args), wrong).lines;

describe('executeCall', () => {
  it('executes every declared function', () => {
    expect(
      linesOf('SetLightState', { LightState: true, LightColor: { red: 255, green: 0, blue: 7 } }),
    ).toEqual(['Light set to ON', 'Red set to 255', 'Green set to 0', 'Blue set to 7']);
    expect(linesOf('SetLightState', { LightState: false })).toEqual(['Light set to OFF']);
    expect(linesOf('SetVolume', { volume: 30 })).toEqual(['Volume set to 30']);
    expect(linesOf('OpenDoor', { open: true })).toEqual(['Door is Opened']);
    expect(linesOf('OpenDoor', { open: false })).toEqual(['Door is Closed']);
  });

  it('says what is wrong with an argument and still executes the rest', () => {
    expect(linesOf('SetLightState', { LightColor: { red: 1, green: '2' } })).toEqual([
      'Missing required attribute: LightState',
      'Red set to 1',
      'Unhandled attribute type or invalid value for: green',
      'Missing required attribute: blue',
    ]);
    for (const volume of ['30', 101, -1, 1.5, null])
      expect(linesOf('SetVolume', { volume })).toEqual([
        'Unhandled attribute type or invalid value for: volume',
      ]);
    expect(executeCall('SetVolume', '{"volume":1}').output).toBe('{"ok":true}');
    expect(executeCall('SetVolume', '{}').output).toContain('"ok":false');
  });

  it('refuses arguments that are no JSON object', () => {
    for (const args of ['', '{', '[]', 'null', '3'])
      expect(executeCall('OpenDoor', args)).toMatchObject({ lines: ['Error parsing arguments JSON'] });
  });

  it('does nothing for a function that was never declared', () => {
    for (const name of ['Dance', 'toString', '__proto__'])
      expect(executeCall(name, '{}')).toEqual({
        lines: [],
        output: '{"ok":false,"error":"unknown function"}',
        ok: false,
      });
  });

  it('takes other values than asked when told to, always', () => {
    for (let volume = 0; volume <= 100; volume++) {
      const [line] = linesOf('SetVolume', { volume }, 'value');
      expect(line).toMatch(/^Volume set to (\d|[1-9]\d|100)$/);
      expect(line).not.toBe(`Volume set to ${volume}`);
    }
    expect(linesOf('OpenDoor', { open: true }, 'value')).toEqual(['Door is Closed']);
    expect(linesOf('SetLightState', { LightState: false }, 'value')).toEqual(['Light set to ON']);
  });
});
