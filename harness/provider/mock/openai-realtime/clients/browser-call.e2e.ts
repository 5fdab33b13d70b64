/**
 * A client that we did not write: Chromium's own ICE, DTLS, SRTP, SCTP, Opus and jitter buffer against the mock. Its microphone
 * plays a prompt of the corpus; what its speaker would play is compared with the corpus's replies.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWav } from '../../../../audio';
import { packageRoot } from '../../../../config';
import { systemClock, type ProviderEvent, type Scenario } from '../../../../ports';
import { committedCorpus, scenario as plain } from '../../../__fixtures__/small-corpus';
import { LIGHT_TOOL } from '../../../__fixtures__/wire-client';
import type { MockProvider } from '../../mock-options';
import { createMockProvider } from '../mock-provider';
import { CallBrowser, chromiumPath } from './__fixtures__/browser';
import { repliesHeard } from './__fixtures__/heard-reply';

jest.setTimeout(90_000);

const KEY = 'sk-test';
/** At 24 000 Hz. */
const LEAD_SAMPLES = 12_000;
const corpus = committedCorpus(({ language }) => language === 'en');
const prompt = corpus.prompts.get('en-light-red-a')!;
/** It shares no sentence with another reply, as those about lights do. */
const reply = corpus.replies.get('en-joke-a')!;
const englishReplies = [...corpus.replies.values()].filter(({ language }) => language === 'en');
const colour = { LightColor: { red: 255, green: 0, blue: 0 } };
const scenario: Scenario = {
  ...plain,
  turns: [
    {
      heard: [prompt.utterance],
      calls: [{ name: 'SetLightState', arguments: colour }],
      say: { en: reply.utterance },
    },
  ],
};
const toolCall = { name: 'SetLightState', arguments: JSON.stringify(colour) };
const session = { type: 'realtime', model: 'gpt-realtime', tools: [LIGHT_TOOL] };

/** What the page tells of a call. */
interface Account {
  readonly http: { readonly status: number; readonly type: string | null; readonly location: string | null };
  readonly offer: string;
  readonly answer: string;
  readonly events: readonly string[];
  readonly transcript?: string;
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[];
  readonly statistics: {
    readonly local: string;
    readonly codec: string;
    readonly packetsReceived: number;
    readonly packetsLost: number;
  };
  /** Base64. */
  readonly pcm: string;
}

let provider: MockProvider;
let browser: CallBrowser | undefined;

beforeAll(async () => {
  const worker = join(packageRoot(), 'dist/harness/provider/hearing/recognition-worker.js');
  provider = await createMockProvider({
    scenario,
    corpus,
    clock: systemClock,
    apiKey: KEY,
    ...(existsSync(worker) && { workerPath: worker }),
  });
});
afterAll(() => provider.close());
afterEach(async () => {
  await browser?.close();
  browser = undefined;
});

const base = (): string => provider.url.replace(/^ws(.*)\?.*$/, 'http$1');
const callsUrl = (): string => `${base()}/calls`;

/** A key for a page, as a team's own server would get it. */
async function shortLivedKey(): Promise<string> {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ session: { type: 'realtime', model: 'gpt-realtime' } });
  const answer = await fetch(`${base()}/client_secrets`, { method: 'POST', headers, body });
  return ((await answer.json()) as { value: string }).value;
}

/** The prompt, after the silence of somebody who presses a button first. */
function withMicrophone(): Promise<CallBrowser> {
  const speech = readWav(readFileSync(prompt.path)).channels[0]!;
  const microphone = new Float32Array(LEAD_SAMPLES + speech.length);
  microphone.set(speech, LEAD_SAMPLES);
  return CallBrowser.open({ microphone });
}

/** Events of the mock while something happens. */
async function eventsDuring<T>(act: () => Promise<T>): Promise<[T, readonly ProviderEvent[]]> {
  const from = provider.events.length;
  const result = await act();
  return [result, provider.events.slice(from)];
}

/** The end of the call that comes next. */
const callEnds = (): Promise<ProviderEvent> =>
  new Promise((resolve) => {
    const cancel = provider.onEvent((event) => {
      if (event.type !== 'session-closed') return;
      cancel();
      resolve(event);
    });
  });

/**
 * The one reply whose speech the recording holds for the most part. Browsers stretch sound to even out delays, which moves 0.2 to 0.5 of the
 * pieces; other replies share sounds with it.
 */
async function replyIn(base64: string): Promise<string | undefined> {
  const [first, second] = await repliesHeard(Buffer.from(base64, 'base64'), 48_000, englishReplies);
  if (first === undefined || first.completeness < 0.5) return undefined;
  return (second?.completeness ?? 0) < 0.85 * first.completeness ? first.id : undefined;
}

const describeWithChromium = chromiumPath === undefined ? describe.skip : describe;
const need =
  chromiumPath === undefined ? ' (needs Chromium: apt-get install chromium, or CHROMIUM=path)' : '';

describeWithChromium(`a browser on the mock${need}`, () => {
  it('holds a GA session with a short-lived key: speaks, answers a tool call, hears the reply', async () => {
    browser = await withMicrophone();
    const key = await shortLivedKey();
    const ended = callEnds();
    const [call, events] = await eventsDuring(() =>
      browser!.run<Account>('toolTurn', { url: callsUrl(), key, session }),
    );
    expect(await ended).toMatchObject({ closedBy: 'board' });
    expect(call.http).toEqual({
      status: 201,
      type: 'application/sdp',
      location: expect.stringMatching(/\/v1\/realtime\/calls\/rtc_/),
    });
    // As browser clients do: the offer is posted before any candidate is known.
    expect(call.offer).not.toContain('a=candidate');
    expect(events).toContainEqual(expect.objectContaining({ type: 'heard', promptId: prompt.id }));
    expect(call.toolCalls).toEqual([toolCall]);
    expect(call.transcript).toBe(reply.transcript);
    expect(await replyIn(call.pcm)).toBe(reply.id);
    expect(call.statistics).toMatchObject({ codec: 'audio/opus', packetsLost: 0 });
    expect(browser.complaints).toEqual([]);
    const order = [
      'session.created',
      'session.updated',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'response.created',
      'response.function_call_arguments.done',
      'response.done',
      'response.created',
      'output_audio_buffer.started',
      'response.output_audio_transcript.done',
      'response.done',
      'output_audio_buffer.stopped',
    ];
    expect(call.events.filter((type) => order.includes(type))).toEqual(order);
    expect(call.events).not.toContain('response.output_audio.delta');
    expect(call.events).not.toContain('error');
  });

  it('posts offer and session as a form, and the session has its tools from the start', async () => {
    browser = await withMicrophone();
    const [call, events] = await eventsDuring(() =>
      browser!.run<Account>('toolTurn', { url: callsUrl(), key: KEY, session, asForm: true }),
    );
    expect(call.http.status).toBe(201);
    expect(events).toContainEqual(expect.objectContaining({ type: 'heard', promptId: prompt.id }));
    expect(call.toolCalls).toEqual([toolCall]);
    expect(await replyIn(call.pcm)).toBe(reply.id);
    expect(call.events).not.toContain('session.updated');
  });

  it('is heard and answered where the vendor’s agents client does it all', async () => {
    browser = await withMicrophone();
    const key = await shortLivedKey();
    const [call, events] = await eventsDuring(() =>
      browser!.run<{
        readonly callId: string;
        readonly status: string;
        readonly toolCalls: readonly unknown[];
        readonly errors: readonly string[];
        readonly history: readonly unknown[];
        readonly pcm: string;
      }>('agentsTurn', { url: callsUrl(), key }),
    );
    expect(call).toMatchObject({ status: 'connected', errors: [], toolCalls: [colour] });
    expect(call.callId).toMatch(/^rtc_/);
    expect(events).toContainEqual(expect.objectContaining({ type: 'heard', promptId: prompt.id }));
    expect(call.history).toMatchObject([
      { role: 'user', content: [{ transcript: prompt.transcript }] },
      { type: 'function_call', name: 'SetLightState', output: '{"ok":true}' },
      { role: 'assistant', content: [{ transcript: reply.transcript }] },
    ]);
    expect(await replyIn(call.pcm)).toBe(reply.id);
  });

  it('is reached although it hides its addresses behind mDNS names', async () => {
    browser = await CallBrowser.open();
    const key = await shortLivedKey();
    const call = await browser.run<Account>('writtenTurn', { url: callsUrl(), key, text: prompt.transcript });
    expect(call.offer).toMatch(/a=candidate:.*\.local /);
    // What the mock saw of the browser is an address that no offer named.
    expect(call.statistics.local).toBe('prflx');
    expect(await replyIn(call.pcm)).toBe(reply.id);
  });

  it('reads why it was refused', async () => {
    browser = await CallBrowser.open();
    const key = 'ek_0123456789abcdef0123456789abcdef';
    const why = await browser.run<string>('refusal', { url: callsUrl(), key });
    expect(why).toMatch(/^401: .*"invalid_api_key"/);
  });
});
