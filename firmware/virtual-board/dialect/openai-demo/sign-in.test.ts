import { rawAnswer } from '../../testing/tiny-webrtc-provider';
import { WebRtcBench } from '../../testing/webrtc-bench';
import { demoOpus } from './openai-demo';

const json = 'application/json';
const secrets = 'client_secrets HTTP/1.1';
const calls = 'calls HTTP/1.1';

/** A body in one chunk. */
const chunked = (type: string, body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n` +
  `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** What a request is answered with, and what the board prints of that. */
type Case = readonly [name: string, path: string, answer: string, printed: RegExp];

const cases: readonly Case[] = [
  [
    'a key in chunks, which it never sees',
    secrets,
    chunked(json, '{"value":"ek_TEST"}'),
    /HTTP Status = 200, content_length = -1\r\nE \(\d+\) OPENAI_SIGNALING: Client secret response does not contain token: \r\n/,
  ],
  [
    'a refusal of its key',
    secrets,
    rawAnswer('401 Unauthorized', json, '{"error":{"code":"invalid_api_key"}}'),
    /HTTP Status = 401, content_length = 36\r\n.*does not contain token: \{"error":\{"code":"invalid_api_key"\}\}\r\n.*Fail to create OpenAI Realtime client secret\r\n/,
  ],
  [
    'a key where the beta had it',
    secrets,
    rawAnswer('200 OK', json, '{"client_secret":{"value":"ek_OTHER"}}'),
    /Exchanging SDP with OpenAI Realtime GA API\r\n[^]*Event 8=/,
  ],
  [
    'a redirection, which it does not follow',
    secrets,
    rawAnswer('301 Moved Permanently', 'text/plain', '', 'Location: http://127.0.0.1:9/\r\n'),
    /HTTPS_CLIENT: Redirect location not found\r\n.*Fail to create OpenAI Realtime client secret\r\n/,
  ],
  ['no answer at all', secrets, '', /HTTPS_CLIENT: HTTP POST request failed: ESP_ERR_HTTP_FETCH_HEADER\r\n/],
  [
    'a body that is cut',
    secrets,
    'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"value"',
    /HTTPS_CLIENT: HTTP POST request failed: ESP_ERR_HTTP_FETCH_HEADER\r\n/,
  ],
  [
    'more headers than it has room for',
    secrets,
    rawAnswer('200 OK', json, '{"value":"ek_TEST"}', `X-Large: ${'x'.repeat(4_100)}\r\n`),
    /HTTPS_CLIENT: HTTP POST request failed: ESP_FAIL\r\n/,
  ],
  [
    'an error in place of an answer, of which it prints 256 bytes',
    calls,
    rawAnswer('400 Bad Request', json, `{"error":"${'x'.repeat(400)}"}`),
    /Realtime call failed, response: \{"error":"x{246}\r\n(?:.*\r\n)*=+Event 4=/,
  ],
  [
    'an answer that is none',
    calls,
    rawAnswer('201 Created', 'application/sdp', 'v=0\r\nm=nothing\r\n'),
    /Get remote SDP answer, size=16\r\n.*PeerConnectionState: 8\r\n=+Event 4=/,
  ],
  [
    'an SDP answer in chunks',
    calls,
    chunked('application/sdp', 'v=0\r\n'),
    /content_length = -1\r\nE \(\d+\) OPENAI_SIGNALING: Realtime call failed, response: \r\n/,
  ],
];

describe('the sign-in of openai-demo', () => {
  let bench: WebRtcBench;
  beforeAll(async () => {
    bench = await WebRtcBench.open('openai-demo', demoOpus, (provider) => {
      provider.respond = () => rawAnswer('500 Internal Server Error', json, '{}');
    });
    await bench.terminal.expect(/Event 4=+\r\n/);
  });
  afterAll(() => bench.close());

  it.each(cases)('gets %s', async (_name, path, answer, printed) => {
    bench.provider.respond = ({ head }) => (head.includes(path) ? answer : undefined);
    const from = bench.terminal.text.length;
    bench.terminal.type('start\n');
    await bench.terminal.expect(printed, from);
  });

  it('says that it has no network before it asks', async () => {
    const from = bench.terminal.text.length;
    bench.terminal.type('wifi other secret\n');
    await bench.terminal.expect(/esp> /, from);
    bench.terminal.type('start\n');
    await bench.terminal.expect(/E \(\d+\) OPENAI_APP: Wifi not connected yet\r\n/, from);
  });
});
