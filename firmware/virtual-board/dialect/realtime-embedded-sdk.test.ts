import { silence } from '../testing/bench';
import { rawAnswer } from '../testing/tiny-webrtc-provider';
import { WebRtcBench } from '../testing/webrtc-bench';
import { coderOf } from '../webrtc/audio-codec';
import { opus } from '../webrtc/audio-format';

const format = opus(8_000, 30_000);

/** How often the chip was started, and why, oldest first. */
const causes = (text: string): string[] =>
  [...text.matchAll(/^.*rst:(0x\w+) \(\w+\)/gm)].map(([, cause]) => cause as string);

describe('realtime-embedded-sdk', () => {
  let bench: WebRtcBench;
  beforeAll(async () => {
    let tries = 0;
    bench = await WebRtcBench.open('realtime-embedded-sdk', format, (provider) => {
      const answers = [
        rawAnswer('200 OK', 'application/sdp', 'v=0\r\n'),
        'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        '',
      ];
      provider.respond = () => answers[tries++];
    });
    await bench.terminal.expect(/DataChannel created\r\n/);
  });
  afterAll(() => bench.close());

  it('restarts until it is answered with 201, and not in chunks', () => {
    const { text } = bench.terminal;
    expect(causes(text).slice(-4)).toEqual(['0x1', '0xc', '0xc', '0xc']);
    expect(text).toMatch(/Error perform http request ESP_OK\r\nESP-ROM/);
    expect(text).toMatch(/Chunked HTTP response not supported\r\nESP-ROM/);
    expect(text).toMatch(/Error perform http request ESP_ERR_HTTP_FETCH_HEADER\r\nESP-ROM/);
    const request = bench.provider.requests.all.at(-1);
    expect(request?.head).toMatch(
      /^POST \/v1\/realtime\?model=gpt-4o-mini-realtime-preview-2024-12-17 HTTP\/1\.1\r\n/,
    );
    expect(request?.head).toContain('\r\nAuthorization: Bearer virtual-board-key\r\n');
    expect(request?.body).not.toContain('a=ice-lite');
  });

  it('says how it is connected in words, and asks for a greeting in compact JSON with spaces', async () => {
    const words = [...bench.terminal.text.matchAll(/PeerConnectionState: (\w+)/g)].map(([, word]) => word);
    expect(words).toEqual(['new', 'new', 'new', 'new', 'checking', 'connected', 'completed']);
    await bench.provider.messages.first(() => true);
    expect(bench.provider.texts).toEqual([
      '{"type": "response.create", "response": {"modalities": ["audio", "text"], "instructions": "Say \'How can I help?\'."}}',
    ]);
    expect(bench.provider.channels.all).toEqual(['oai-events']);
    expect(bench.terminal.text).not.toContain('esp> ');
  });

  it('hears and speaks with 8 kHz', async () => {
    const coder = coderOf(format);
    bench.provider.say(coder, new Int16Array(8_000).fill(100), 48_000);
    const packet = bench.provider.packets.next();
    await bench.rig.play(silence(400));
    expect(coder.decode((await packet).payload)).toHaveLength(160);
    for (let n = 0; n < 20 && bench.rig.spans.length === 0; n++) await bench.rig.play(silence(100));
    expect(bench.rig.spans[0]).toMatchObject({ sourceRateHz: 8_000, rtp: { ticksPerSample: 6 } });
    coder.close();
  });

  it('restarts when the service has gone', async () => {
    const from = bench.terminal.text.length;
    bench.provider.hangUp();
    await bench.terminal.expect(/PeerConnectionState: disconnected\r\nESP-ROM[^]*rst:0xc/, from);
    await bench.terminal.expect(/DataChannel created\r\n/, from);
  });

  it('reboots after a panic', async () => {
    await bench.fault('panic-mid-reply');
    const from = bench.terminal.text.length;
    const coder = coderOf(format);
    bench.provider.send({ type: 'input_audio_buffer.speech_started' });
    bench.provider.say(coder, new Int16Array(16_000).fill(100), 480_000);
    coder.close();
    await bench.rig.play(silence(2_000));
    await bench.terminal.expect(/ELF file SHA256: \w{9}\r\n\r\nRebooting\.\.\.\r\n[^]*rst:0xc/, from);
  });
});
