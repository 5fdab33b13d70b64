import { silence } from '../../testing/bench';
import { WebRtcBench } from '../../testing/webrtc-bench';
import { coderOf } from '../../webrtc/audio-codec';
import { pcma } from '../../webrtc/audio-format';
import { demoOpus } from './openai-demo';

const eventNumbers = (text: string): number[] =>
  [...text.matchAll(/^=+Event (\d+)=+\r$/gm)].map(([, number]) => Number(number));

describe('the AtomS3R fork', () => {
  let bench: WebRtcBench;
  beforeAll(async () => {
    bench = await WebRtcBench.open('openai-demo-beta', demoOpus);
    await bench.terminal.expect(/"type":\t"session\.update"[^]*\r\n\}\r\n/);
    // What was printed is on its way still.
    await bench.provider.messages.first(({ type }) => type === 'session.update');
  });
  afterAll(() => bench.close());

  it('is reset over its own USB, and has the pins of Atomic Echo Base', () => {
    expect(bench.terminal.text).toMatch(/^rst:0x15 \(USB_UART_CHIP_RESET\),boot:0x8/m);
    expect(bench.terminal.text).toContain('Init i2s 0 type: 2 mclk:-1 bclk:8 ws:6 din:7 dout:5');
  });

  it('signs in to the beta in pretty JSON and finds its token by words', () => {
    const [session, realtime] = bench.provider.requests.all;
    expect(session?.head).toContain('POST /v1/realtime/sessions HTTP/1.1\r\n');
    expect(session?.body).toBe(
      '{\n\t"model":\t"gpt-4o-mini-realtime-preview-2024-12-17",\n\t"modalities":\t["text", "audio"],\n\t"voice":\t"alloy"\n}',
    );
    expect(realtime?.head).toContain(
      'POST /v1/realtime?model=gpt-4o-mini-realtime-preview-2024-12-17 HTTP/1.1\r\n',
    );
    expect(realtime?.head).toContain('Authorization: Bearer ek_TEST');
    expect(bench.terminal.text).toMatch(/Get remote SDP v=0\r\r\n/);
  });

  it('asks for a greeting before it declares its tools, of which one is lost', () => {
    expect(eventNumbers(bench.terminal.text)).toEqual([1, 4, 6]);
    expect(bench.provider.channels.all).toEqual(['esp_channel']);
    const [greeting, update] = bench.provider.messages.all;
    expect([greeting?.type, update?.type]).toEqual(['response.create', 'session.update']);
    const { tools } = update?.['session'] as { tools: { name: string }[] };
    expect(tools.map(({ name }) => name)).toEqual(['SetLightState', 'OpenDoor']);
  });

  it('does what it is asked, twice in one response or not, and returns nothing', async () => {
    const from = bench.terminal.text.length;
    const sent = bench.provider.texts.length;
    const call = (name: string, args: string) => ({
      type: 'response.function_call_arguments.done',
      call_id: `call_${name}`,
      name,
      arguments: args,
    });
    bench.provider.send(call('OpenDoor', '{"open":false}'));
    bench.provider.send(call('SetVolume', '{"volume":30}'));
    bench.provider.sendText('no JSON');
    const printed = await bench.printedSince(from);
    expect(printed).toContain(
      'Function Call {"event_id":"event_1","type":"response.function_call_arguments.done","call_id":"call_OpenDoor",' +
        '"name":"OpenDoor","arguments":"{\\"open\\":false}"}\r\nDoor is Closed\r\n',
    );
    expect(printed).toMatch(/"name":"SetVolume".*\}\r\nInvalid JSON format\r\n/);
    expect(bench.provider.texts).toHaveLength(sent);
  });

  it('reads nothing that is typed', async () => {
    const from = bench.terminal.text.length;
    bench.terminal.type('assert\n');
    await bench.rig.play(silence(100));
    expect(await bench.printedSince(from)).not.toContain('assert');
    expect(await bench.state()).toMatchObject({ running: true, session: 'ready' });
  });
});

describe.each([
  ['openai-demo-b2', [1, 2, 3, 6, 8], 'sessions', ['OpenDoor', 'SetVolume', 'SetLightState']],
  ['openai-demo-g0', [1, 2, 3, 6, 8], 'client_secrets', ['OpenDoor', 'SetVolume', 'SetLightState']],
] as const)('%s', (dialect, numbers, signIn, declared) => {
  it('has its numbers, its way in, and the messages of the beta', async () => {
    const bench = await WebRtcBench.open(dialect, demoOpus);
    await bench.terminal.expect(/"type":\t"session\.update"[^]*\r\n\}\r\n/);
    expect(eventNumbers(bench.terminal.text)).toEqual(numbers);
    expect(bench.provider.requests.all[0]?.head).toContain(`/v1/realtime/${signIn} HTTP`);
    expect(bench.provider.channels.all).toEqual(['esp_channel']);
    const update = await bench.provider.messages.first(({ type }) => type === 'session.update');
    const { tools } = update['session'] as { tools: { name: string }[] };
    expect(tools.map(({ name }) => name)).toEqual(declared);
    await bench.close();
  });
});

describe('a build without Opus', () => {
  it('speaks and hears G.711', async () => {
    const bench = await WebRtcBench.open('openai-demo-pcma', pcma);
    await bench.terminal.expect(/"type":"response\.create".*\r\n/);
    expect(bench.provider.requests.all[1]?.body).toContain('a=rtpmap:8 PCMA/8000\r\n');
    const coder = coderOf(pcma);
    const tone = Int16Array.from({ length: 4_000 }, (_, n) => 8_000 * Math.sin(n / 3));
    bench.provider.say(coder, tone, 1_000, [5]);
    await bench.printedSince(0);
    await bench.rig.play(silence(900));
    const spans = bench.rig.spans;
    expect(spans[0]?.rtp).toMatchObject({ timestamp: 1_000, ticksPerSample: 1 });
    expect(spans[0]?.sourceRateHz).toBe(8_000);
    expect(spans.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(4_000);
    expect(bench.provider.packets.all.at(-1)?.payload).toHaveLength(160);
    await bench.close();
  });
});
