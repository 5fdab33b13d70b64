/** The SDP exchange at the level of bytes: what the boards' HTTP clients depend on (reference/providers.md 0.3 and 2.4). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { headOf, RawClient, rawRequest } from '../../../__fixtures__/raw-client';
import { scenario, smallCorpus } from '../../../__fixtures__/small-corpus';
import { systemClock } from '../../../../ports';
import type { MockProvider } from '../../mock-options';
import { createMockProvider } from '../mock-provider';

/** The smallest buffers in the field: the whole SDP of `realtime-embedded-sdk`, a block of headers of `openai_demo`. */
const MOST_SDP_BYTES = 2048;
const MOST_HEADER_BYTES = 4096;

const offerOf = (name: string): Buffer =>
  readFileSync(join(__dirname, '../../../../../fixtures/wire', `${name}.sdp`));
const KEY = { authorization: 'Bearer sk-test' };
const SDP = { 'content-type': 'application/sdp' };
const paths = {
  ga: '/v1/realtime/calls',
  beta: '/v1/realtime?model=gpt-4o-mini-realtime-preview-2024-12-17',
};

let provider: MockProvider;
/** As `openai_demo` has it: short-lived, and with it the model. */
let shortLived: { readonly authorization: string };

beforeAll(async () => {
  const corpus = smallCorpus();
  provider = await createMockProvider({
    scenario,
    corpus,
    clock: systemClock,
    apiKey: 'sk-test',
    dialect: 'auto',
  });
  const session = '{"session":{"type":"realtime","model":"gpt-realtime-2"}}';
  const { body } = split(await exchange('/v1/realtime/client_secrets', session, KEY));
  const { value } = JSON.parse(body.toString()) as { value: string };
  shortLived = { authorization: `Bearer ${value}` };
});
afterAll(() => provider.close());

/** All bytes of the answer to one request on a connection that the server closes. */
async function exchange(
  path: string,
  body: Buffer | string,
  headers: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const raw = await RawClient.open(provider.url);
  raw.write(rawRequest(path, body, { connection: 'close', ...headers }));
  await raw.closed;
  return raw.received;
}

const post = (path: string, name: string): Promise<Buffer> =>
  exchange(path, offerOf(name), { ...SDP, ...(path === paths.ga ? shortLived : KEY) });

function split(answer: Buffer): { readonly head: string; readonly body: Buffer } {
  const end = answer.indexOf('\r\n\r\n');
  return { head: answer.toString('latin1', 0, end), body: answer.subarray(end + 4) };
}

/** Header and media sections of an SDP, line by line. */
const sectionsOf = (sdp: string): string[][] =>
  sdp.split(/(?=m=)/).map((part) => part.trimEnd().split('\r\n'));
const valuesOf = (lines: readonly string[] | undefined, start: string): string[] =>
  (lines ?? []).filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));

describe.each(Object.entries(paths))('an SDP answer (%s)', (_dialect, path) => {
  it.each(['chromium-156', 'openai-demo', 'embedded-sdk'])(
    'has the exact length that it states: %s',
    async (name) => {
      const answer = await post(path, name);
      const { head, body } = split(answer);
      expect(head.split('\r\n', 1)).toEqual(['HTTP/1.1 201 Created']);
      const { headers } = headOf(head);
      expect(headers['content-length']).toBe(String(body.length));
      expect(headers['content-type']).toBe('application/sdp');
      expect(headers['transfer-encoding']).toBeUndefined();
      expect(headers['content-encoding']).toBeUndefined();
      expect(answer.length - body.length).toBeLessThan(MOST_HEADER_BYTES);
      expect(body.length).toBeLessThan(MOST_SDP_BYTES);
    },
  );
});

describe('an SDP answer', () => {
  it('names the call', async () => {
    const { headers } = headOf(split(await post(paths.ga, 'openai-demo')).head);
    expect(headers['location']).toMatch(/^\/v1\/realtime\/calls\/rtc_[A-Za-z0-9]{16,}$/);
  });

  it.each([
    ['chromium-156', '111', 'opus/48000/2', ['0', '1']],
    ['chromium-156-mdns', '111', 'opus/48000/2', ['0', '1']],
    ['openai-demo', '111', 'opus/48000/2', ['0', '1']],
    ['openai-demo-pcma', '8', 'PCMA/8000', ['0', '1']],
    ['embedded-sdk', '111', 'opus/48000/2', ['audio', 'datachannel']],
    ['own-numbers', '97', 'opus/48000/2', ['sound', 'events']],
  ])('takes numbers and names from the offer %s: %s is %s', async (name, type, encoding, mids) => {
    const sdp = split(await post(paths.ga, name)).body.toString('latin1');
    expect(sdp.startsWith('v=0\r\n')).toBe(true);
    expect(sdp.endsWith('\r\n')).toBe(true);
    expect(sdp.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    const [session, audio, events, ...others] = sectionsOf(sdp);
    expect(others).toEqual([]);
    expect(audio?.[0]).toMatch(/^m=audio [1-9]\d* UDP\/TLS\/RTP\/SAVPF? /);
    expect(audio?.[0]?.split(' ').slice(3)).toEqual([type]);
    // One channel need not be said (RFC 8866 section 6.6).
    const maps = valuesOf(audio, 'a=rtpmap:').map((value) => value.replace(/\/1$/, '').toLowerCase());
    expect(maps).toEqual([`${type} ${encoding}`.toLowerCase()]);
    expect(events?.[0]).toMatch(/^m=application [1-9]\d* UDP\/DTLS\/SCTP webrtc-datachannel$/);
    expect(valuesOf(events, 'a=sctp-port:')).toHaveLength(1);
    expect([audio, events].flatMap((section) => valuesOf(section, 'a=mid:'))).toEqual(mids);
    expect(valuesOf(session, 'a=group:BUNDLE ')).toEqual([mids.join(' ')]);
  });

  it.each(['openai-demo', 'embedded-sdk', 'chromium-156'])(
    'makes the mock the DTLS client and a full ICE agent with its candidates: %s',
    async (name) => {
      const [session, audio, events] = sectionsOf(split(await post(paths.ga, name)).body.toString('latin1'));
      const lines = [...session!, ...audio!, ...events!];
      expect(new Set(valuesOf(lines, 'a=setup:'))).toEqual(new Set(['active']));
      expect(lines).not.toContain('a=ice-lite');
      expect(lines).toContain('a=rtcp-mux');
      expect(valuesOf(lines, 'a=ice-ufrag:')).not.toEqual([]);
      expect(valuesOf(lines, 'a=ice-pwd:')).not.toEqual([]);
      expect(valuesOf(lines, 'a=fingerprint:')[0]).toMatch(/^sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/i);
      const candidates = valuesOf(lines, 'a=candidate:');
      expect(candidates.length).toBeGreaterThan(0);
      for (const candidate of candidates)
        expect(candidate).toMatch(/^\S+ 1 udp \d+ 127\.0\.0\.1 \d+ typ host/i);
    },
  );
});

describe('a refused offer', () => {
  it.each([
    ['a wrong key', '401 Unauthorized', 'openai-demo', { ...SDP, authorization: 'Bearer sk-wrong' }],
    ['no key', '401 Unauthorized', 'openai-demo', SDP],
    ['no model', '400 Bad Request', 'openai-demo', { ...SDP, ...KEY }],
    ['another type', undefined, 'openai-demo', { ...KEY, 'content-type': 'text/plain' }],
    ['no SDP', undefined, undefined, { ...SDP, ...KEY }],
  ])('says why, in JSON of stated length, and redirects nobody: %s', async (_why, status, name, headers) => {
    const { head, body } = split(
      await exchange(paths.ga, name === undefined ? '{"sdp":1}' : offerOf(name), headers),
    );
    const answer = headOf(head);
    if (status !== undefined) expect(head.split('\r\n', 1)).toEqual([`HTTP/1.1 ${status}`]);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers['content-length']).toBe(String(body.length));
    expect(answer.headers['transfer-encoding']).toBeUndefined();
    const said = JSON.parse(body.toString('utf8')) as { error: { type: string; message: string } };
    expect(said.error.type).toBe('invalid_request_error');
    expect(said.error.message).not.toBe('');
  });
});
