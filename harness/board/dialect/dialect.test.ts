import { consoleLines } from '../__fixtures__/console-lines';
import type { EventBody } from '../event-body';
import { wrongDialect } from './check-project';
import { dialectByName } from './dialect-registry';
import { realtimeWs } from './realtime-ws';

function read(...files: readonly string[]): EventBody[] {
  const { read: reader } = realtimeWs.createReader();
  return files.flatMap((file) => consoleLines(file).flatMap((line) => [...reader(line)]));
}

describe('realtime-ws', () => {
  it('reads a boot and a session in order', () => {
    expect(read('boot-realtime-ws.bin', 'session-realtime-ws.txt', 'session-stopped.txt')).toEqual([
      { type: 'milestone', milestone: 'app' },
      { type: 'milestone', milestone: 'network' },
      { type: 'milestone', milestone: 'connecting' },
      { type: 'session-ready' },
      { type: 'transcript', text: 'Hi there! How can I help?' },
      { type: 'session-ended', reason: 'stopped' },
    ]);
  });

  it('reads function calls, what they did, and what was wrong with them', () => {
    expect(read('tool-calls.txt')).toEqual([
      {
        type: 'function-call',
        name: 'SetLightState',
        callId: 'call_Qx81',
        arguments: { LightState: true, LightColor: { red: 255, green: 0, blue: 12 } },
      },
      { type: 'light', on: true },
      { type: 'colour', channel: 'red', value: 255 },
      { type: 'colour', channel: 'green', value: 0 },
      { type: 'colour', channel: 'blue', value: 12 },
      { type: 'function-call', name: 'SetVolume', callId: 'call_Qx82', arguments: { volume: 30 } },
      { type: 'volume', value: 30 },
      { type: 'function-call', name: 'OpenDoor', callId: 'call_Qx83', arguments: { open: true } },
      { type: 'door', open: true },
      { type: 'function-call', name: 'OpenDoor', callId: 'call_Qx84', arguments: { open: false } },
      { type: 'door', open: false },
      {
        type: 'function-call',
        name: 'SetLightState',
        callId: 'call_Qx85',
        arguments: { LightState: 'true' },
      },
      { type: 'complaint', text: 'Unhandled attribute type or invalid value for: LightState' },
      { type: 'function-call', name: 'SetLightState', callId: 'call_Qx86', arguments: { LightColor: {} } },
      { type: 'complaint', text: 'Missing required attribute: LightState' },
      { type: 'light', on: false },
      { type: 'function-call', name: 'SetVolume', callId: 'call_Qx87' },
      { type: 'complaint', text: 'Error parsing arguments JSON' },
      { type: 'transcript', text: 'Light set to ON' },
    ]);
  });

  it('reads a closed session and colours', () => {
    expect(read('colours-and-nuls.bin')).toEqual([
      { type: 'milestone', milestone: 'app' },
      { type: 'session-ended', reason: 'code=1006 reason=abnormal' },
      { type: 'light', on: true },
    ]);
  });

  it('reads what lands behind a half-typed command', () => {
    const { read: reader } = realtimeWs.createReader();
    const events = ['stopLight set to ON', 'staI (3360) NETWORK: got ip:192.168.7.31'].flatMap(
      (text, index) => [...reader({ index, text, boot: 1, hostAtMs: 0, byteOffset: 0 })],
    );
    expect(events).toEqual([
      { type: 'light', on: true },
      { type: 'milestone', milestone: 'network' },
    ]);
  });

  it('takes no effect out of what was said, sent or asked for, also behind a half-typed command', () => {
    const { read: reader } = realtimeWs.createReader();
    const events = [
      'staTranscript: Light set to ON',
      'staBegin to send json:{"text":"Door is Opened',
      'staFunction Call name=Say call_id=c args={"text":"Transcript: Volume set to 3"}',
    ].flatMap((text, index) => [...reader({ index, text, boot: 1, hostAtMs: 0, byteOffset: 0 })]);
    expect(events).toEqual([
      { type: 'transcript', text: 'Light set to ON' },
      {
        type: 'function-call',
        name: 'Say',
        callId: 'c',
        arguments: { text: 'Transcript: Volume set to 3' },
      },
    ]);
  });

  it('reads Chinese', () => {
    expect(read('chinese.txt')).toEqual([
      { type: 'transcript', text: '好的，灯已经打开了。' },
      { type: 'milestone', milestone: 'connecting' },
      { type: 'transcript', text: '还有什么可以帮您？😀' },
    ]);
  });

  it.each([
    ['E (9000) OPENAI_APP: Realtime error: {"code":"x"}', 'Realtime error: {"code":"x"}'],
    ['E (9000) REALTIME_WS: Connect failed: ECONNREFUSED', 'Connect failed: ECONNREFUSED'],
  ])('reads %j as a complaint', (text, complaint) => {
    const line = { index: 0, text, boot: 1, hostAtMs: 0, byteOffset: 0 };
    expect(realtimeWs.createReader().read(line)).toEqual([{ type: 'complaint', text: complaint }]);
  });
});

describe('dialectByName', () => {
  it('finds a dialect', () => expect(dialectByName('realtime-ws')).toBe(realtimeWs));

  it('names what comes near an unknown one', () => {
    expect(() => dialectByName('realtime_ws')).toThrow('did you mean realtime-ws');
  });
});

describe('wrongDialect', () => {
  it('names both projects', () => {
    const error = wrongDialect('korvo-1', realtimeWs, { project: 'openai_demo' });
    expect(error).toMatchObject({ code: 'HIL_BOARD_WRONG_DIALECT', origin: 'board' });
    expect(error?.message).toBe(
      'Board korvo-1 runs project "openai_demo", which speaks "openai-demo" or "openai-demo-beta"; dialect "realtime-ws" needs project "realtime_ws".',
    );
  });

  it('accepts the right project, and a boot log that names none', () => {
    expect(wrongDialect('korvo-1', realtimeWs, { project: 'realtime_ws' })).toBeUndefined();
    expect(wrongDialect('korvo-1', realtimeWs, {})).toBeUndefined();
  });
});
