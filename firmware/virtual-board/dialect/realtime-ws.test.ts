import { createHash } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { startVirtualBoard } from '../index';
import { silence, TestBench, tone } from '../testing/bench';
import { fastClock } from '../testing/fast-clock';
import { Terminal } from '../testing/terminal';
import { ofType } from '../testing/tiny-provider';

describe('realtime-ws', () => {
  let bench: TestBench;
  beforeEach(async () => (bench = await TestBench.open()));
  afterEach(() => bench.close());

  it('declares tools, formats and turn detection in the GA shape', async () => {
    const { messages } = bench.provider;
    const update = await messages.first(ofType('session.update'));
    expect(update['session']).toMatchObject({
      type: 'realtime',
      instructions: expect.any(String),
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: 24000 },
          turn_detection: {
            type: 'server_vad',
            silence_duration_ms: 200,
            create_response: true,
            interrupt_response: true,
          },
        },
        output: { format: { type: 'audio/pcm', rate: 24000 } },
      },
      tools: [{ name: 'SetLightState' }, { name: 'SetVolume' }, { name: 'OpenDoor' }],
    });
    await bench.rig.play(silence(200));
    const append = await messages.first(ofType('input_audio_buffer.append'));
    expect(Buffer.from(append['audio'] as string, 'base64')).toHaveLength(960);
    expect(messages.all.filter(ofType('session.update'))).toHaveLength(1);
  });

  it('executes a call once, returns the result at once, and asks to confirm after response.done', async () => {
    const { messages } = bench.provider;
    const from = bench.terminal.text.length;
    const item = { call_id: 'call_A', name: 'OpenDoor', arguments: '{\n  "open": true\n}' };
    const result = messages.next(ofType('conversation.item.create'));
    bench.provider.send({ type: 'response.function_call_arguments.done', response_id: 'resp_1', ...item });
    expect((await result)['item']).toEqual({
      type: 'function_call_output',
      call_id: 'call_A',
      output: '{"ok":true}',
    });
    const asked = messages.all.filter(ofType('response.create')).length;
    await bench.printedSince(from);
    expect(messages.all.filter(ofType('response.create'))).toHaveLength(asked);

    const confirmation = messages.next(ofType('response.create'));
    const output = [{ type: 'function_call', ...item }];
    bench.provider.send({ type: 'response.done', response: { id: 'resp_1', status: 'completed', output } });
    expect(await confirmation).toEqual({ type: 'response.create' });
    const printed = (await bench.printedSince(from)).replace(/Transcript: fence.*\r\n/, '');
    expect(printed).toBe(
      '\r\nFunction Call name=OpenDoor call_id=call_A args={   "open": true }\r\nDoor is Opened\r\n' +
        'Begin to send json:{"type":"conversation.item.create","item":{"type":"function_call_output",' +
        '"call_id":"call_A","output":"{\\"ok\\":true}"}}\r\nBegin to send json:{"type":"response.create"}\r\n',
    );
  });

  it('acts on the copy in response.done when the event had no name, and confirms several calls once', async () => {
    const { messages } = bench.provider;
    const from = bench.terminal.text.length;
    const confirmed = messages.next(ofType('response.create'));
    const output = ['call_A', 'call_B'].map((call_id) => {
      const call = { call_id, arguments: '{"volume":20}' };
      bench.provider.send({ type: 'response.function_call_arguments.done', ...call });
      return { type: 'function_call', name: 'SetVolume', ...call };
    });
    bench.provider.send({ type: 'response.done', response: { status: 'completed', output } });
    const printed = await bench.printedSince(from);
    expect(printed.match(/Volume set to 20\r\n/g)).toHaveLength(2);
    await confirmed;
    expect(printed.match(/\{"type":"response.create"\}/g)).toHaveLength(1);
  });

  it('stops at once when the user interrupts, and says how much was heard', async () => {
    const { messages } = bench.provider;
    bench.provider.say('item_9', tone(2_000));
    await bench.printedSince(bench.terminal.text.length);
    await bench.rig.play(silence(500));
    const last = bench.rig.spans.at(-1)!;
    const playedMs = Math.floor((last.sourceSample + last.lengthSamples) / 24);
    expect(playedMs).toBeGreaterThan(430);

    const truncate = messages.next(ofType('conversation.item.truncate'));
    bench.provider.send({
      type: 'input_audio_buffer.speech_started',
      audio_start_ms: 900,
      item_id: 'item_10',
    });
    expect(await truncate).toEqual({
      type: 'conversation.item.truncate',
      item_id: 'item_9',
      content_index: 0,
      audio_end_ms: playedMs,
    });
    await bench.terminal.expect(
      new RegExp(`I \\(\\d+0\\) REALTIME_WS: Barge-in: playback stopped at ${playedMs} ms\\r\\n`),
    );
    bench.provider.say('item_9', tone(400));
    bench.provider.send({
      type: 'response.output_audio_transcript.done',
      item_id: 'item_9',
      transcript: 'never finished',
    });
    expect(await bench.printedSince(0)).not.toContain('never finished');
    const before = bench.rig.heard.length;
    await bench.rig.play(silence(400));
    // One block holds what the speaker's filter had taken already.
    const after = bench.rig.heard.slice(before + 1);
    expect(after.every((block) => block.every((sample) => sample === 0))).toBe(true);
    expect(bench.rig.spans.at(-1)).toEqual(last);
  });

  it('stays silent when the user speaks before the reply has begun to play', async () => {
    const from = bench.terminal.text.length;
    bench.provider.send({ type: 'response.created', response: { id: 'resp_1', status: 'in_progress' } });
    bench.provider.send({ type: 'input_audio_buffer.speech_started', item_id: 'item_2' });
    bench.provider.say('item_1', tone(200), 'resp_1');
    bench.provider.send({
      type: 'response.done',
      response: { id: 'resp_1', status: 'cancelled', output: [] },
    });
    bench.provider.send({ type: 'response.created', response: { id: 'resp_2', status: 'in_progress' } });
    bench.provider.say('item_3', tone(100), 'resp_2');
    expect(await bench.printedSince(from)).toBe('');
    await bench.rig.play(silence(300));
    expect([...new Set(bench.rig.spans.map(({ itemId }) => itemId))]).toEqual(['item_3']);
  });

  it('does not call it a barge-in when nothing plays', async () => {
    const from = bench.terminal.text.length;
    bench.provider.send({ type: 'input_audio_buffer.speech_started', audio_start_ms: 0, item_id: 'item_1' });
    expect(await bench.printedSince(from)).toBe('');
  });

  it('plays samples that a delta split in two', async () => {
    const bytes = Buffer.from(tone(100).buffer);
    for (let start = 0; start < bytes.length; start += 333) {
      const delta = bytes.subarray(start, start + 333).toString('base64');
      bench.provider.send({ type: 'response.output_audio.delta', item_id: 'item_1', delta });
    }
    await bench.printedSince(bench.terminal.text.length);
    await bench.rig.play(silence(300));
    expect(bench.rig.spans.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(2_400);
    expect(Math.max(...bench.rig.speaker)).toBeLessThan(9_100 / 32_768);
  });

  it('prints errors, ignores what it does not know, and reports the end without calling again', async () => {
    const from = bench.terminal.text.length;
    bench.provider.send({ type: 'rate_limits.updated', rate_limits: [] });
    bench.provider.socket?.send('{not json');
    bench.provider.socket?.send('[1,2]');
    bench.provider.socket?.send(Buffer.alloc(100), { binary: true });
    bench.provider.send({ type: 'response.done', response: { output: 'none' } });
    bench.provider.send({ type: 'error', error: { type: 'server_error', code: 'x' } });
    bench.provider.socket?.ping();
    bench.provider.socket?.close(1001, 'session_expired');
    await bench.terminal.expect(
      /W \(\d+0\) REALTIME_WS: Session closed code=1001 reason=session_expired\r\n/,
    );
    const printed = bench.terminal.text.slice(from);
    expect(printed).toMatch(
      /E \(\d+0\) OPENAI_APP: Realtime error: \{"type":"server_error","code":"x"\}\r\n/,
    );
    expect(printed).toMatch(/^Error parsing JSON data\r\nE /);
    expect(await bench.state()).toMatchObject({ running: true, session: 'closed' });
  });

  it('obeys its commands', async () => {
    const { messages, closes } = bench.provider;
    const text = messages.next(ofType('conversation.item.create'));
    bench.terminal.type('text "turn it \\"off\\""\n');
    expect((await text)['item']).toEqual({
      type: 'message',
      role: 'user',
      content: [{ type: 'input_text', text: 'turn it "off"' }],
    });
    const closed = closes.next();
    bench.terminal.type('stop\n');
    await bench.terminal.expect(/I \(\d+0\) REALTIME_WS: Session stopped\r\n/);
    expect(await closed).toBe(1000);
    bench.terminal.type('text again\n');
    await bench.terminal.expect(/non-zero error code: 0x103 \(ESP_ERR_INVALID_STATE\)\r\n/);
    const restarted = messages.next(ofType('session.update'));
    bench.terminal.type('start\n');
    await restarted;
    const rejoined = messages.next(ofType('session.update'));
    const from = bench.terminal.text.length;
    bench.terminal.type('wifi lab secret\n');
    await rejoined;
    await bench.terminal.expect(/wifi:state: init -> auth \(0xb0\)\r\n[^]*NETWORK: got ip:/, from);
    bench.terminal.type('i\n');
    await bench.terminal.expect(
      /SYS_STATE: MEM Avail:\d+, IRam:\d+, PSRam:\d+\r\n\r\n\| Task[^]*player[^]*esp> /,
    );
  });

  it('ends its connection without a goodbye when the chip is reset', async () => {
    const closed = bench.provider.closes.next();
    await bench.control.ask({ op: 'reset' });
    expect(await closed).toBe(1006);
  });

  it('plays nothing more of a reply that a reset cut, and counts the next session from its beginning', async () => {
    bench.provider.say('item_1', tone(2_000));
    await bench.printedSince(bench.terminal.text.length);
    await bench.rig.play(silence(300));
    expect(bench.rig.spans.length).toBeGreaterThan(10);
    const from = bench.terminal.text.length;
    await bench.control.ask({ op: 'reset' });
    // What was on its way at the reset comes before the answer to this block, which also holds what the speaker's filter had taken.
    await bench.rig.play(silence(10));
    const played = bench.rig.spans.length;
    const marked = bench.rig.uplinkMarks.length;
    const before = bench.rig.heard.length;
    await bench.rig.play(silence(200));
    const after = bench.rig.heard.slice(before);
    expect(after.every((block) => block.every((sample) => sample === 0))).toBe(true);
    expect(bench.rig.spans).toHaveLength(played);
    expect(bench.rig.uplinkMarks).toHaveLength(marked);

    await bench.terminal.expect(/session\.updated \(tools/, from);
    bench.provider.say('item_1', tone(100));
    await bench.printedSince(from);
    await bench.rig.play(silence(300));
    const next = bench.rig.spans.slice(played);
    expect(next[0]).toMatchObject({ itemId: 'item_1', sourceSample: 0 });
    expect(next.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(100 * 24);
    expect(bench.rig.uplinkMarks[marked]?.streamSample).toBe(480);
  });
});

describe('realtime-ws without a provider', () => {
  it('tries three times and gives up', async () => {
    const reserved = createServer();
    await new Promise<void>((resolve) => reserved.listen(0, '127.0.0.1', resolve));
    const { port } = reserved.address() as { port: number };
    await new Promise((resolve) => reserved.close(resolve));
    const board = await startVirtualBoard(
      {
        dialect: 'realtime-ws',
        providerUrl: `ws://127.0.0.1:${port}`,
        credentials: { apiKey: 'k' },
        model: 'm',
      },
      fastClock(40),
    );
    const terminal = await Terminal.open(board.ptyPath);
    await terminal.expect(/(?:E \(\d+0\) REALTIME_WS: Connect failed: connect ECONNREFUSED[^]*){3}/);
    const tries = [...terminal.text.matchAll(/I \((\d+)\) REALTIME_WS: Connecting to (\S+)/g)];
    expect(tries.map(([, , url]) => url)).toEqual(
      Array(3).fill(`ws://127.0.0.1:${port}/v1/realtime?model=m`),
    );
    const gapsMs = tries.slice(1).map(([, atMs], n) => Number(atMs) - Number(tries[n]![1]));
    for (const gapMs of gapsMs) expect(gapMs).toBeGreaterThanOrEqual(1_990);
    await terminal.close();
    await board.close();
  });

  it('leaves no connection behind at a reset, although the service did not hang up after the goodbye', async () => {
    const deaf = createHttpServer();
    const upgraded = new Promise<Duplex>((resolve) => {
      deaf.on('upgrade', (request, socket) => {
        const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
        const accept = createHash('sha1').update(key).digest('base64');
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
            `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
        );
        resolve(socket);
      });
    });
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const { port } = deaf.address() as { port: number };
    const board = await startVirtualBoard(
      { dialect: 'realtime-ws', providerUrl: `ws://127.0.0.1:${port}` },
      fastClock(40),
    );
    const terminal = await Terminal.open(board.ptyPath);
    const socket = await upgraded;
    await terminal.expect(/REALTIME_WS: WebSocket connected\r\n/);
    const goodbye = new Promise<void>((resolve) => socket.once('data', () => resolve()));
    terminal.type('stop\n');
    await goodbye;
    const ended = new Promise<void>((resolve) => {
      socket.once('end', resolve);
      socket.once('error', () => resolve());
    });
    await board.close();
    await ended;
    socket.destroy();
    await terminal.close();
    await new Promise((resolve) => deaf.close(resolve));
  });
});
