import type { SpeakerSpan } from '../../../../harness/audio';
import { silence } from '../../testing/bench';
import { ofType } from '../../testing/tiny-provider';
import { WebRtcBench } from '../../testing/webrtc-bench';
import { coderOf, type AudioCoder } from '../../webrtc/audio-codec';
import { demoOpus } from './openai-demo';

/** A sound of 80 ms around a sample. */
const blip = (lengthSamples: number, at: number): Int16Array =>
  Int16Array.from(
    { length: lengthSamples },
    (_, n) => 12_000 * Math.exp(-(((n - at) / 320) ** 2) / 2) * Math.sin((2 * Math.PI * 500 * n) / 16_000),
  );

const middleOf = (samples: Float32Array): number => {
  let weighted = 0;
  let total = 0;
  samples.forEach((value, n) => {
    weighted += n * value ** 2;
    total += value ** 2;
  });
  return weighted / total;
};

describe('openai-demo', () => {
  let bench: WebRtcBench;
  let coder: AudioCoder;
  beforeAll(async () => {
    coder = coderOf(demoOpus);
    bench = await WebRtcBench.open('openai-demo', demoOpus);
    await bench.terminal.expect(/"type":"response\.create".*\r\n/);
  });
  afterAll(async () => {
    await bench.close();
    coder.close();
  });

  it('signs in as the firmware does, byte for byte', () => {
    const [secret, call] = bench.provider.requests.all;
    const host = bench.provider.url.slice('http://'.length);
    expect(secret?.head.split('\r\n')).toEqual([
      'POST /v1/realtime/client_secrets HTTP/1.1',
      `Host: ${host}`,
      'User-Agent: ESP32 HTTP Client/1.0',
      'Authorization: Bearer virtual-board-key',
      'Content-Type: application/json',
      'Content-Length: 93',
      'Connection: close',
    ]);
    expect(secret?.body).toBe(
      '{"session":{"type":"realtime","model":"gpt-realtime-2","audio":{"output":{"voice":"alloy"}}}}',
    );
    expect(call?.head).toContain('POST /v1/realtime/calls HTTP/1.1\r\n');
    expect(call?.head).toContain('\r\nAuthorization: Bearer ek_TEST\r\nContent-Type: application/sdp\r\n');
    const offer = call?.body ?? '';
    expect(offer).toContain('m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n');
    expect(offer).toContain('a=rtpmap:111 opus/48000/2\r\n');
    expect(offer).toContain('a=ice-lite\r\n');
    expect(offer.match(/a=candidate:.*typ host.*\r\n/g)).toHaveLength(2);
    expect(offer.match(/ 127\.0\.0\.1 \d+ typ host/g)).toHaveLength(2);
  });

  it('opens its own channel and sends two messages at once, in one line each', async () => {
    expect(await bench.provider.channels.first(() => true)).toBe('oai-events');
    await bench.provider.messages.first(ofType('response.create'));
    expect(bench.provider.messages.all.slice(0, 2).map(({ type }) => type)).toEqual([
      'session.update',
      'response.create',
    ]);
    const session = bench.provider.messages.all[0]?.['session'] as { tools: { name: string }[] };
    expect(session.tools.map(({ name }) => name)).toEqual(['OpenDoor', 'SetVolume', 'SetLightState']);
    expect(bench.provider.texts[1]).not.toMatch(/\s\s|\n/);
  });

  it('prints every step with its numbers', () => {
    const printed = bench.terminal.text
      .slice(bench.terminal.text.indexOf('OPENAI_SIGNALING'))
      .replaceAll('\r', '')
      .split('\n')
      .filter((line) => /^=+Event|PeerConnectionState|SIGNALING|HTTPS_CLIENT|Receive local/.test(line))
      .map((line) => line.replace(/^I \(\d+\) /, '').replace(/(size|length) ?= ?\d{3}/, '$1=n'));
    expect(printed).toEqual([
      'OPENAI_SIGNALING: Creating OpenAI Realtime client secret',
      'HTTPS_CLIENT: HTTP Status = 200, content_length = 72',
      '====================Event 1======================',
      'webrtc: PeerConnectionState: 2',
      'Receive local SDP',
      'OPENAI_SIGNALING: Exchanging SDP with OpenAI Realtime GA API',
      'HTTPS_CLIENT: HTTP Status = 201, content_length=n',
      'OPENAI_SIGNALING: Get remote SDP answer, size=n',
      'webrtc: PeerConnectionState: 5',
      '====================Event 2======================',
      'webrtc: PeerConnectionState: 7',
      '====================Event 3======================',
      '====================Event 6======================',
      '====================Event 8======================',
    ]);
    expect(bench.terminal.text).toMatch(/webrtc: Send client sdp: v=0\r\r\n[^]*a=ice-pwd:\S+\r\r\n/);
  });

  it('is ready when the service has taken the tools', async () => {
    expect(await bench.state()).toMatchObject({ session: 'open' });
    bench.provider.send({ type: 'session.updated', session: {} });
    await bench.terminal.expect(/OPENAI_APP: Realtime session\.updated \(tools\/config applied\)\r\n/);
    expect(await bench.state()).toMatchObject({ session: 'ready' });
  });

  it('plays a reply, and knows by its time stamps which sound left the speaker when', async () => {
    const from = bench.terminal.text.length;
    const firstTimestamp = 2 ** 32 - 9_600;
    bench.provider.say(coder, blip(16_000, 8_000), firstTimestamp);
    await bench.printedSince(from);
    const before = bench.rig.heard.length * 480;
    await bench.rig.play(silence(1_300));
    const heard = bench.rig.speaker.subarray(before);
    const spans = bench.rig.spans.filter(({ rtp }) => rtp !== undefined);
    expect(spans.every(({ itemId }) => itemId === '')).toBe(true);
    expect(spans.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(16_000);
    expect(spans[0]?.rtp).toEqual({ ssrc: 0x1234_5678, timestamp: firstTimestamp, ticksPerSample: 3 });
    // Sample 8000 of the reply, and the 6.5 ms by which Opus is late.
    const tick = (firstTimestamp + 8_000 * 3 + 312) % 2 ** 32;
    const ticksInto = ({ rtp }: SpeakerSpan): number => (tick - rtp!.timestamp + 2 ** 32) % 2 ** 32;
    const span = spans.find((one) => ticksInto(one) < one.lengthSamples * 3);
    const expected = span!.atLinkSample + ticksInto(span!) - before;
    expect(Math.abs(middleOf(heard) - expected)).toBeLessThan(10);
  });

  it('conceals what is lost in the middle of a reply, and says that it is not the sound that was sent', async () => {
    const from = bench.terminal.text.length;
    const played = bench.rig.spans.length;
    bench.provider.say(coder, blip(16_000, 8_000), 480_000, [20, 21]);
    await bench.printedSince(from);
    await bench.rig.play(silence(1_300));
    const spans = bench.rig.spans.slice(played);
    const lengthOf = (itemId: string): number =>
      spans.filter((span) => span.itemId === itemId).reduce((sum, span) => sum + span.lengthSamples, 0);
    expect(lengthOf('concealed')).toBe(2 * 320);
    expect(lengthOf('')).toBe(48 * 320);
    expect((await bench.state())['sound']).toMatchObject({ lost: 2, concealed: 2, received: 98, ranDry: 0 });
  });

  it('sends 20 ms of its microphone a packet, and counts them in its statistics', async () => {
    await bench.rig.play(silence(300));
    const packets = bench.provider.packets.all;
    const [one, other] = packets.slice(-2);
    expect(packets.length).toBeGreaterThan(50);
    expect(other!.timestamp - one!.timestamp).toBe(960);
    expect(other!.sequenceNumber - one!.sequenceNumber).toBe(1);
    expect(coder.decode(one!.payload)).toHaveLength(320);
    const marks = bench.rig.uplinkMarks;
    expect(marks.at(-1)!.streamSample - marks.at(-2)!.streamSample).toBe(320);
    const from = bench.terminal.text.length;
    const line = bench.terminal.expect(
      /webrtc: Send A:\d+ \[([1-9]\d*):([1-9]\d*)\] Recv A:\d+ \[0:0\]\r\n\r\n/,
      from,
    );
    await bench.rig.play(silence(100));
    const [, sent, bytes] = await line;
    expect(Number(bytes)).toBeGreaterThan(Number(sent));
  });

  it('executes two calls of one response twice each, since it remembers the latest only', async () => {
    const from = bench.terminal.text.length;
    const sent = bench.provider.messages.all.length;
    const call = (id: string, name: string, args: string) => ({
      type: 'function_call',
      call_id: id,
      name,
      arguments: args,
    });
    const a = call('call_A', 'OpenDoor', '{"open":true}');
    const b = call('call_B', 'SetVolume', '{"volume":40}');
    for (const item of [a, b])
      bench.provider.send({ ...item, type: 'response.function_call_arguments.done' });
    bench.provider.send({ type: 'response.done', response: { output: [a, b] } });
    const printed = await bench.printedSince(from);
    const effects = printed.match(/call_id=\w+|Door is Opened|Volume set to 40/g);
    const once = ['call_id=call_A', 'Door is Opened', 'call_id=call_B', 'Volume set to 40'];
    expect(effects?.filter((text) => !text.startsWith('call_id=call_id'))).toEqual([...once, ...once]);
    expect(printed).toContain(
      '\r\nFunction Call name=OpenDoor call_id=call_A args={"open":true}\r\nDoor is Opened\r\n',
    );
    // The console is ahead of the channel on a busy machine.
    const answered = () => bench.provider.messages.all.length >= sent + 8;
    if (!answered()) await bench.provider.messages.next(answered);
    const results = bench.provider.messages.all.slice(sent);
    expect(results.map(({ type }) => type)).toEqual(
      Array(4).fill(['conversation.item.create', 'response.create']).flat(),
    );
    expect(bench.provider.texts[sent]).toContain('"output":"{\\"ok\\":true}"');
  });

  it('executes a single call once', async () => {
    const from = bench.terminal.text.length;
    const sent = bench.provider.messages.all.length;
    const item = { type: 'function_call', call_id: 'call_C', name: 'Dance', arguments: '{}' };
    bench.provider.send({ ...item, type: 'response.function_call_arguments.done' });
    bench.provider.send({ type: 'response.done', response: { output: [item] } });
    const printed = await bench.printedSince(from);
    expect(printed.match(/Function Call name=Dance/g)).toHaveLength(1);
    expect(printed).toContain('{\\"ok\\":false');
    // What is not waited for here is taken for the next test's.
    const answered = () => bench.provider.messages.all.length >= sent + 2;
    if (!answered()) await bench.provider.messages.next(answered);
  });

  it('adds typed words in pretty JSON and asks for nothing', async () => {
    const from = bench.terminal.text.length;
    const message = bench.provider.messages.next(ofType('conversation.item.create'));
    bench.terminal.type('text "Guten Tag"\n');
    expect(await message).toMatchObject({ previous_item_id: null, item: { role: 'user' } });
    await bench.terminal.expect(/Begin to send json:\{\r\n\t"type":\t"conversation\.item\.create",/, from);
    expect(bench.provider.texts.at(-1)).toContain('\n\t\t"content":\t[{\n');
  });

  it('prints errors of the service', async () => {
    const from = bench.terminal.text.length;
    bench.provider.send({ type: 'error', error: { code: 'x' } });
    expect(await bench.printedSince(from)).toContain(
      'OPENAI_APP: Realtime error: {"event_id":"event_1","type":"error","error":{"code":"x"}}\r\n',
    );
  });

  it('stays away when the service has gone, until somebody starts it again', async () => {
    const from = bench.terminal.text.length;
    bench.provider.hangUp();
    await bench.terminal.expect(
      /Event 9=+\r\n=+Event 7=+\r\nI \(\d+\) webrtc: PeerConnectionState: 1\r\n=+Event 5=+\r\n/,
      from,
    );
    expect(await bench.state()).toMatchObject({ session: 'closed' });
    const opened = bench.provider.channels.next();
    bench.terminal.type('start\n');
    expect(await opened).toBe('oai-events');
    await bench.terminal.expect(/Event 8=+\r\n/, from);
    bench.terminal.type('stop\n');
    await bench.terminal.expect(/PeerConnectionState: 0\r\n=+Event 5=+\r\n/, from);
    expect(await bench.state()).toMatchObject({ session: 'none' });
  });

  it('hangs in the GDB stub after a panic, its peer without a goodbye', async () => {
    const from = bench.terminal.text.length;
    bench.terminal.type('assert\n');
    await bench.terminal.expect(/Entering gdb stub now\.\r\n\$T0b#e6$/, from);
    expect(await bench.state()).toMatchObject({ running: false });
  });
});
