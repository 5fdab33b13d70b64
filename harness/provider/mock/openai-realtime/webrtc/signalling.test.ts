import { connect } from 'node:net';
import { systemClock, type ProviderFault } from '../../../../ports';
import { scenario, smallCorpus } from '../../../__fixtures__/small-corpus';
import type { MockProvider } from '../../mock-options';
import { createMockProvider, type MockProviderOptions } from '../mock-provider';
import { boardOffer } from './__fixtures__/offers';

const headers = { authorization: 'Bearer sk-test', 'content-type': 'application/sdp' };
const GA = '/v1/realtime/calls?model=gpt-realtime';
const BETA = '/v1/realtime?model=gpt-4o-mini-realtime-preview-2024-12-17';

describe('the HTTP side of a call', () => {
  let shared: MockProvider;
  let provider: MockProvider;
  const make = (options: Partial<MockProviderOptions> = {}): Promise<MockProvider> =>
    createMockProvider({ scenario, corpus: smallCorpus(), clock: systemClock, ...options });
  /** One of its own, for a test that wants another than the usual. */
  const open = async (options: Partial<MockProviderOptions>): Promise<void> => {
    provider = await make(options);
  };
  beforeAll(async () => {
    shared = await make();
  });
  beforeEach(() => {
    provider = shared;
  });
  afterEach(() => (provider === shared ? undefined : provider.close()));
  afterAll(() => shared.close());
  const post = (
    path: string,
    body: string | FormData = boardOffer(),
    more: RequestInit = {},
  ): Promise<Response> =>
    fetch(new URL(path, provider.url.replace('ws:', 'http:')), {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      ...more,
    });
  const refusal = async (response: Response): Promise<readonly unknown[]> => {
    const { error } = (await response.json()) as { error: { code: unknown; type: unknown } };
    return [response.status, error.code, error.type];
  };
  /** An answer as it is on the wire. */
  const raw = (path: string, offer: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(provider.url);
      const socket = connect(Number(port), hostname, () => {
        const lines = [
          `POST ${path} HTTP/1.1`,
          'Host: localhost',
          'Authorization: Bearer sk-test',
          'Content-Type: application/sdp',
          `Content-Length: ${Buffer.byteLength(offer)}`,
          'Connection: close',
        ];
        socket.write(`${lines.join('\r\n')}\r\n\r\n${offer}`);
      });
      let answer = '';
      socket.on('data', (bytes: Buffer) => (answer += bytes.toString('latin1')));
      socket.on('end', () => resolve(answer));
      socket.on('error', reject);
    });

  it.each([
    ['GA', GA, 'ga'],
    ['the beta', BETA, 'beta'],
  ] as const)('answers a board of %s byte by byte as its HTTP client needs it', async (_, path, dialect) => {
    await open({ dialect });
    const answer = await raw(path, boardOffer());
    const headEnd = answer.indexOf('\r\n\r\n');
    const [head, body] = [answer.slice(0, headEnd), answer.slice(headEnd + 4)];
    const fields = new Map(
      head
        .split('\r\n')
        .slice(1)
        .map((line): [string, string] => [
          line.split(': ')[0]?.toLowerCase() ?? '',
          line.split(': ')[1] ?? '',
        ]),
    );
    expect(head.split('\r\n')[0]).toBe('HTTP/1.1 201 Created');
    expect(fields.get('content-type')).toBe('application/sdp');
    expect(fields.get('content-length')).toBe(String(body.length));
    expect(fields.has('transfer-encoding')).toBe(false);
    expect(fields.get('location')).toMatch(/^\/v1\/realtime\/calls\/rtc_[0-9A-Za-z]{20}$/);
    expect(body.length).toBeLessThan(2048);
    expect(body.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(body.endsWith('\r\n')).toBe(true);

    const lines = body.split('\r\n');
    expect(lines[0]).toBe('v=0');
    expect(lines.filter((line) => line.startsWith('m='))).toEqual([
      expect.stringMatching(/^m=audio \d+ UDP\/TLS\/RTP\/SAVPF 109$/),
      expect.stringMatching(/^m=application \d+ UDP\/DTLS\/SCTP webrtc-datachannel$/),
    ]);
    expect(lines).toContain('a=rtpmap:109 opus/48000/2');
    expect(lines.filter((line) => line === 'a=setup:active')).toHaveLength(2);
    expect(lines).toContain('a=rtcp-mux');
    expect(lines).toContain('a=sctp-port:5000');
    expect(lines.filter((line) => line.startsWith('a=candidate:'))).toEqual([
      expect.stringMatching(/^a=candidate:\d+ 1 UDP \d+ 127\.0\.0\.1 \d+ typ host$/),
    ]);
    expect(body).not.toMatch(/ice-lite|trickle/);
  });

  it('takes G.711 where there is no Opus, and lines that end with LF', async () => {
    const answer = await post(GA, boardOffer({ formats: '8 0', maps: [], lineEnd: '\n' }));
    expect(answer.status).toBe(201);
    expect(await answer.text()).toMatch(/^m=audio \d+ UDP\/TLS\/RTP\/SAVPF 8\r$/m);
  });

  it('takes a form with an offer and a session', async () => {
    const form = new FormData();
    form.set('sdp', boardOffer());
    form.set('session', JSON.stringify({ type: 'realtime', model: 'gpt-realtime' }));
    const { authorization } = headers;
    expect((await post('/v1/realtime/calls', form, { headers: { authorization } })).status).toBe(201);
    form.set('session', new Blob(['{"type":"realtime","bogus":1}'], { type: 'application/json' }));
    const wrong = await post('/v1/realtime/calls', form, { headers: { authorization } });
    expect(await refusal(wrong)).toEqual([400, 'unknown_parameter', 'invalid_request_error']);
  });

  it('refuses in the words of the service', async () => {
    await open({ maxSessions: 1, apiKey: 'sk-right', models: ['gpt-realtime'] });
    const right = { headers: { ...headers, authorization: 'Bearer sk-right' } };
    const asked: readonly (readonly [Promise<Response>, number, string | null])[] = [
      [post(GA, boardOffer(), { headers: { 'content-type': 'application/sdp' } }), 401, null],
      [post(GA), 401, 'invalid_api_key'],
      [post('/v1/realtime/calls', boardOffer(), right), 400, 'missing_model'],
      [post('/v1/realtime/calls?model=gpt-9', boardOffer(), right), 404, 'invalid_model'],
      [post(BETA, boardOffer(), right), 400, 'beta_api_shape_disabled'],
      [post(GA, 'hello', right), 400, 'invalid_offer'],
      [post(GA, boardOffer({ without: 'a=fingerprint' }), right), 400, 'invalid_offer'],
      [post(GA, boardOffer({ formats: '9', maps: ['9 G722/8000'] }), right), 400, 'unsupported_codec'],
      [
        post(GA, '{}', { headers: { ...right.headers, 'content-type': 'application/json' } }),
        400,
        'unsupported_content_type',
      ],
      [post('/v1/realtime/calls/rtc_0/hangup', '', right), 404, 'call_not_found'],
    ];
    for (const [response, status, code] of asked)
      expect(await refusal(await response)).toEqual([status, code, 'invalid_request_error']);
    const accepted = await post(GA, boardOffer(), right);
    expect(accepted.status).toBe(201);
    expect(await refusal(await post(GA, boardOffer(), right))).toEqual([
      429,
      'session_limit_reached',
      'invalid_request_error',
    ]);
    // A place that was never taken is free again.
    const hungUp = await post(`${accepted.headers.get('location') ?? ''}/hangup`, '', right);
    expect(hungUp.status).toBe(200);
    expect((await post(GA, boardOffer(), right)).status).toBe(201);
  });

  it('takes an ephemeral key until it expires, and starts with what the key was made for', async () => {
    let nowMs = 1_900_000_000_000;
    await open({ unixNowMs: () => nowMs });
    const minted = await post(
      '/v1/realtime/client_secrets',
      '{"session":{"type":"realtime","model":"gpt-realtime"}}',
    );
    const { value } = (await minted.json()) as { value: string };
    const ephemeral = { headers: { ...headers, authorization: `Bearer ${value}` } };
    expect((await post('/v1/realtime/calls', boardOffer(), ephemeral)).status).toBe(201);
    nowMs += 601_000;
    const late = await post('/v1/realtime/calls', boardOffer(), ephemeral);
    expect(await refusal(late)).toEqual([401, 'invalid_api_key', 'invalid_request_error']);
  });

  it('lets a page of another origin ask', async () => {
    const asked = {
      origin: 'http://page.test',
      'access-control-request-headers': 'authorization,content-type',
    };
    const preflight = await post(GA, '', { method: 'OPTIONS', body: null, headers: asked });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,content-type');
    const answer = await post(GA, boardOffer(), { headers: { ...headers, origin: 'http://page.test' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-expose-headers')).toBe('location');
    expect((await post(GA)).headers.has('access-control-allow-origin')).toBe(false);
  });

  it.each<[ProviderFault, (response: Response, body: string) => void]>([
    ['wrong-status', ({ status }, body) => expect([status, body.slice(0, 3)]).toEqual([200, 'v=0'])],
    ['wrong-framing', (response) => expect(response.headers.get('transfer-encoding')).toBe('chunked')],
    ['answer-too-long', (_, body) => expect(body.search(/^m=audio /m)).toBeGreaterThan(2048)],
    [
      'error-as-answer',
      ({ status }, body) =>
        expect([status, (JSON.parse(body) as { error: { type: string } }).error.type]).toEqual([
          500,
          'server_error',
        ]),
    ],
    [
      'unavailable',
      ({ status }, body) => expect([status, body]).toEqual([503, expect.stringContaining('overloaded')]),
    ],
    ['redirect', ({ status, headers: sent }) => expect([status, sent.get('location')]).toEqual([307, GA])],
    ['bad-key', ({ status }) => expect(status).toBe(401)],
    ['no-data-channel', (_, body) => expect(body).toMatch(/^m=application 0 /m)],
  ])('answers with the fault %s in the turn that has it, and without afterwards', async (fault, check) => {
    await provider.expectTurn({ turnId: 'a', fault });
    const faulty = await post(GA);
    check(faulty, await faulty.text());
    await provider.expectTurn({ turnId: 'b' });
    const sound = await post(GA);
    expect(sound.status).toBe(201);
    const body = await sound.text();
    expect(body.length).toBe(Number(sound.headers.get('content-length')));
    expect(body).not.toContain('m=application 0');
  });

  it.each<[ProviderFault, readonly string[]]>([
    ['redirect', ['redirect']],
    ['wrong-framing', ['chunked-answer']],
    ['no-data-channel', ['channel-refused']],
    // Boards have to bear these, or the answer says itself what is wrong.
    ['wrong-status', []],
    ['answer-too-long', []],
    ['error-as-answer', []],
  ])('logs of the fault %s what no client need cope with', async (fault, deviations) => {
    const before = provider.events.length;
    await provider.expectTurn({ turnId: 'a', fault });
    await (await post(GA)).text();
    const seen = provider.events.slice(before);
    expect(seen.flatMap((event) => (event.type === 'deviation' ? [event.code] : []))).toEqual(deviations);
  });
});
