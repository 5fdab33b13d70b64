import { eventsOf, linesOf } from '../../__fixtures__/console-events';
import { consoleStream } from '../../__fixtures__/console-stream';
import type { EventBody } from '../../event-body';
import { connectionState } from './connection';
import { openaiDemo, openaiDemoBeta } from './dialects';
import { GenerationJudge } from './generation';

const event = (number: number): string => `====================Event ${number}======================`;

/** What the reader makes of these lines, each arriving so many ms after the one before. */
const read = (lines: readonly string[], everyMs = 0): readonly EventBody[] =>
  eventsOf(
    openaiDemo,
    linesOf(
      lines.map((line) => Buffer.from(`${line}\r\n`)),
      everyMs,
    ),
  );

const readFile = (file: string): readonly EventBody[] => eventsOf(openaiDemo, linesOf([consoleStream(file)]));

const ofType = <Type extends EventBody['type']>(events: readonly EventBody[], type: Type) =>
  events.filter((one): one is Extract<EventBody, { readonly type: Type }> => one.type === type);

/** Types of the events, repetitions of one type once. */
const outline = (events: readonly EventBody[]): string[] =>
  events
    .map((one) => (one.type === 'milestone' ? one.milestone : one.type))
    .filter((type, index, all) => type !== all[index - 1]);

describe('generation', () => {
  it.each([
    ['G1', 'openai-demo-g1.txt', ['OpenDoor', 'SetVolume', 'SetLightState']],
    ['G0', 'openai-demo-g0.txt', ['OpenDoor', 'SetVolume', 'SetLightState']],
    ['B2', 'openai-demo-b2.txt', ['OpenDoor', 'SetVolume', 'SetLightState']],
    ['B1', 'openai-demo-b1.txt', ['OpenDoor', 'SetVolume', 'SetLightState']],
    ['B0', 'openai-demo-b0.txt', ['SetLightState', 'OpenDoor']],
  ])('%s is told from its stream, with the tools that it declares', (generation, file, tools) => {
    const events = readFile(file);
    expect(ofType(events, 'generation')).toEqual([{ type: 'generation', generation }]);
    expect(ofType(events, 'tools-declared')).toEqual([{ type: 'tools-declared', tools }]);
    expect(ofType(events, 'session-ready')).toHaveLength(1);
  });

  it.each([
    ['1, then 4', [1, 4], 'old'],
    ['1, then 2', [1, 2], 'new'],
    ['8', [8], 'new'],
    ['9', [9], 'new'],
    ['1 alone', [1], undefined],
    ['nothing that decides', [6, 3, 5, 7], undefined],
    ['1, then 3', [1, 3], undefined],
    ['a failed attempt that looks like the old one, then the new one', [1, 4, 1, 2], 'new'],
    ['a failed attempt that looks like the old one, then 8', [1, 4, 8], 'new'],
  ] as const)('numbers of events: %s', (_, numbers, numbering) => {
    const judge = new GenerationJudge();
    for (const number of numbers) judge.seeNumber(number);
    expect(judge.numbering).toBe(numbering);
  });

  it('tells numbers as they are until they are decided, and says what they mean from then on', () => {
    expect(read([event(3), event(6), event(1), event(2)])).toEqual([
      { type: 'connection-state', number: 3 },
      { type: 'connection-state', number: 6 },
      { type: 'connection-state', number: 1 },
      { type: 'connection-state', number: 2, state: 'paired' },
    ]);
    expect(read([event(1), event(4), event(6)])).toEqual([
      { type: 'connection-state', number: 1 },
      { type: 'connection-state', number: 4, state: 'data channel connected' },
      { type: 'connection-state', number: 6, state: 'data channel opened' },
      { type: 'session-ready' },
    ]);
  });

  it('leaves open what contradicts itself', () => {
    const events = read([event(8), 'Function Call {"name":"OpenDoor","call_id":"c","arguments":"{}"}']);
    expect(ofType(events, 'generation')).toEqual([{ type: 'generation', generation: 'B2' }]);
    const odd = read([
      'I (1) OPENAI_SIGNALING: Creating OpenAI Realtime client secret',
      'Function Call {"name":"OpenDoor","call_id":"c","arguments":"{}"}',
      event(1),
      event(4),
    ]);
    expect(ofType(odd, 'generation')).toEqual([]);
    expect(ofType(odd, 'connection-state').map(({ state }) => state)).toEqual([undefined, undefined]);
    expect(ofType(odd, 'function-call')).toHaveLength(1);
  });

  it('has a name for each number that the reference tells, and none for others', () => {
    expect(connectionState('new', 8)).toBe('data channel opened');
    expect(connectionState('old', 6)).toBe('data channel opened');
    expect(connectionState('new', 4)).toBe('connect failed');
    expect(connectionState('old', 2)).toBe('connect failed');
    expect(connectionState('old', 8)).toBeUndefined();
    expect(connectionState('new', 10)).toBeUndefined();
  });
});

describe('session', () => {
  it('goes through a GA session in order', () => {
    expect(outline(readFile('openai-demo-g1.txt')).slice(0, 11)).toEqual([
      'app',
      'network',
      'connecting',
      'connection-state',
      'tools-declared',
      'generation',
      'session-ready',
      'transcript',
      'media',
      'transcript',
      'function-call',
    ]);
  });

  it('of GA is ready when the service has taken the tools, not when the channel opens', () => {
    const opening = [
      'I (1) OPENAI_SIGNALING: Creating OpenAI Realtime client secret',
      event(1),
      event(2),
      event(3),
      event(6),
      event(8),
    ];
    const update = 'Begin to send json:{"type":"session.update","session":{"type":"realtime","tools":[]}}';
    expect(ofType(read([...opening, update]), 'session-ready')).toEqual([]);
    const taken = 'I (2) OPENAI_APP: Realtime session.updated (tools/config applied)';
    expect(ofType(read([...opening, update, taken, taken]), 'session-ready')).toHaveLength(1);
  });

  it('ends once, however many events say so, and begins anew', () => {
    const old = [event(1), event(4), event(6)];
    expect(outline(read([...old, event(7), event(5), event(3), ...old]))).toEqual([
      'connection-state',
      'session-ready',
      'connection-state',
      'session-ended',
      'connection-state',
      'session-ready',
    ]);
    expect(ofType(readFile('openai-demo-b0.txt'), 'session-ended')).toEqual([
      { type: 'session-ended', reason: 'data channel closed' },
    ]);
  });

  it('reads the statistics', () => {
    expect(ofType(readFile('openai-demo-g1.txt'), 'media')).toEqual([
      { type: 'media', sentPackets: 107, sentBytes: 8560, receivedPackets: 98, receivedBytes: 12740 },
      { type: 'media', sentPackets: 100, sentBytes: 8000, receivedPackets: 0, receivedBytes: 0 },
    ]);
  });

  it('waits for the next statistics until the session ends', () => {
    const reader = openaiDemo.createReader();
    const [statistics, ended] = linesOf([
      Buffer.from(`I (9080) webrtc: Send A:1 [2:3] Recv A:4 [5:6]\n${event(9)}\n`),
    ]);
    expect(reader.awaited?.()).toBeUndefined();
    reader.read(statistics!);
    const awaited = reader.awaited?.();
    expect(awaited?.withinMs).toBe(4000);
    expect(awaited?.missed()).toEqual([{ type: 'media-lost', silentMs: 4000 }]);
    reader.read(statistics!);
    expect(reader.awaited?.()).not.toBe(awaited);
    reader.read(ended!);
    expect(reader.awaited?.()).toBeUndefined();
  });
});

describe('transcripts', () => {
  const said = (lines: readonly string[], everyMs?: number): string[] =>
    ofType(read(lines, everyMs), 'transcript').map(({ text }) => text);

  it('are told once, without the stray words of the events around them', () => {
    const texts = ofType(readFile('openai-demo-g1.txt'), 'transcript').map(({ text }) => text);
    expect(texts).toEqual([
      'Hi there! How can I help?',
      'I have turned the light red.',
      '灯已经打开\n😀',
      'She said',
    ]);
  });

  it('are repetitions within 2 s of the one before, and said again after that', () => {
    const twice = ['Transcript: Yes.', 'Transcript: Yes.', 'Transcript: Yes.'];
    expect(said(twice, 2000)).toEqual(['Yes.']);
    expect(said(twice, 2001)).toEqual(['Yes.', 'Yes.', 'Yes.']);
    expect(said(['Transcript: Yes.', 'Transcript: No.', 'Transcript: Yes.'])).toEqual([
      'Yes.',
      'No.',
      'Yes.',
    ]);
    expect(said(['Transcript: Yes.', 'Transcript: type', 'Transcript: ', 'Transcript: Yes.'])).toEqual([
      'Yes.',
    ]);
  });

  it('keep a word that is no key of the service', () => {
    expect(said(['Transcript: ok', 'Transcript: role'])).toEqual(['ok']);
  });
});

describe('calls', () => {
  it('are counted once, and what was really done twice stays to be seen', () => {
    const events = readFile('openai-demo-g1.txt');
    const doors = events.filter(
      (one) => one.type === 'door' || (one.type === 'function-call' && one.name === 'OpenDoor'),
    );
    expect(doors).toEqual([
      { type: 'function-call', name: 'OpenDoor', callId: 'call_A', arguments: { open: true } },
      { type: 'door', open: true },
      {
        type: 'function-call',
        name: 'OpenDoor',
        callId: 'call_A',
        arguments: { open: true },
        repeated: true,
      },
      { type: 'door', open: true },
    ]);
    expect(ofType(events, 'volume')).toHaveLength(2);
  });

  it('of another connection are others, whatever their id', () => {
    const call = 'Function Call name=OpenDoor call_id=call_1 args={"open":true}';
    const calls = ofType(read([call, event(1), call]), 'function-call');
    expect(calls.map(({ repeated }) => repeated)).toEqual([undefined, undefined]);
  });

  it('of the beta carry their arguments as JSON within JSON', () => {
    expect(ofType(readFile('openai-demo-b0.txt'), 'function-call')).toEqual([
      {
        type: 'function-call',
        name: 'SetLightState',
        callId: 'call_L1',
        arguments: { LightState: true, LightColor: { red: 0, green: 0, blue: 255 } },
      },
      { type: 'function-call', name: 'SetVolume', callId: 'call_V1', arguments: { volume: 30 } },
    ]);
  });

  it('that are cut are told as they are', () => {
    expect(read(['Function Call {"type":"response.function_call_arguments.done","name":"Open'])).toEqual([
      {
        type: 'complaint',
        text: 'Function Call {"type":"response.function_call_arguments.done","name":"Open',
      },
    ]);
    expect(read(['Function Call name=OpenDoor call_id=c args={"open":'])).toEqual([
      { type: 'function-call', name: 'OpenDoor', callId: 'c' },
      { type: 'generation', generation: 'G1' },
    ]);
  });

  it('leave their effects out of what was said, sent or dumped, also behind a half-typed command', () => {
    const quiet = read([
      'staTranscript: Light set to ON',
      'Begin to send json:{"type":"conversation.item.create","text":"Door is Opened',
      'a=Light set to ON: Volume set to 3 of 4',
      'I (1) webrtc: Send client sdp: v=0 Door is Opened',
    ]);
    expect(quiet).toEqual([{ type: 'transcript', text: 'Light set to ON' }]);
    expect(read(['sta' + 'Light set to ON', 'esp> stopDoor is Closed'])).toEqual([
      { type: 'light', on: true },
      { type: 'door', open: false },
    ]);
  });
});

describe('what the firmware sends', () => {
  it('is over where a line does not belong to it, and that line is read', () => {
    const events = read([
      'Begin to send json:{',
      '\t"type":\t"session.update",',
      '\t"text":\t"x",',
      'Light set to ON',
      '\t"session":\t{',
      '}',
    ]);
    expect(events).toEqual([{ type: 'light', on: true }]);
  });
});

describe('complaints', () => {
  it.each([
    'E (1) OPENAI_APP: Wifi not connected yet',
    'E (1) OPENAI_SIGNALING: OpenAI API key is empty',
    'E (1) OPENAI_SIGNALING: Realtime call failed, response: {"error":{}}',
    'E (1) HTTPS_CLIENT: HTTP POST request failed: ESP_ERR_HTTP_CONNECT',
    'E (1) CODEC_INIT: No codec device found',
    'E (1) OPENAI_APP: Realtime error: {"type":"error"}',
  ])('%s', (line) => {
    expect(ofType(read([line]), 'complaint')).toEqual([
      { type: 'complaint', text: line.slice(line.indexOf(': ') + 2) },
    ]);
  });

  it('are read from plain text too', () => {
    const events = read([
      'Error parsing JSON data',
      'Invalid JSON format',
      'Missing required attribute: open',
    ]);
    expect(ofType(events, 'complaint')).toHaveLength(3);
  });

  it('are not what heals by itself', () => {
    expect(read(['E (1) I2S_IF: i2s_channel_disable(1116): the channel has not been enabled yet'])).toEqual(
      [],
    );
  });
});

describe('the beta dialect', () => {
  it('has the volume and says that no provider is told of it', () => {
    expect(openaiDemoBeta.description.capabilities).toContain('SetVolume');
    expect(openaiDemoBeta.description.unadvertised).toEqual(['SetVolume']);
  });
});
