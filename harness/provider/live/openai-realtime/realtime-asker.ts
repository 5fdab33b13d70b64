import { z } from 'zod';
import { resample } from '../../../audio';
import type { Clock } from '../../../ports';
import type { Asker, Attempt } from '../asking';
import { FailedAttempt, malformed, refused, type Refusal, type RefusalKind } from '../failure';
import { parseFrame } from '../frames';
import { plainRefusal } from '../http-asker';
import { chatRefusal } from '../chat/chat-codec';
import type { LiveOptions, Question } from '../live-client';
import { codeText, fieldsOf, shaped } from '../shape';
import { exchangeSocket, type SocketLink } from '../socket-exchange';
import { PacedSpeech, UPLINK_RATE_HZ, type Speech } from './paced-speech';

const BYTES_PER_SAMPLE = 2;

const event = z.object({ type: z.string() });
const delta = z.object({ delta: z.string() });
const call = z.object({ call_id: z.string(), name: z.string(), arguments: z.string() });
const done = z.object({
  response: z.object({
    status: z.string(),
    status_details: z
      .object({
        reason: z.string().nullish(),
        error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
      })
      .nullish(),
    usage: z
      .object({ total_tokens: z.number(), input_tokens: z.number(), output_tokens: z.number() })
      .nullish(),
  }),
});

function kindOf(code: string | undefined): RefusalKind {
  if (code === 'invalid_api_key') return 'key';
  if (code === 'insufficient_quota') return 'quota';
  if (code === 'rate_limit_exceeded') return 'limit';
  return code === 'server_error' ? 'busy' : 'other';
}

/** What an `error` event says. Without a code it is about a missing key (providers.md 2.2). */
function refusalOf(message: unknown): Refusal {
  const error = fieldsOf(fieldsOf(message).error);
  const code = codeText(error.code);
  const said = codeText(error.message) ?? 'error without a message';
  const about = code ?? (said.includes('authentication') ? 'invalid_api_key' : codeText(error.type));
  return { kind: kindOf(about), code, message: said };
}

/** Sets the session up, then adds what was said before: the question comes last. */
function prepare(link: SocketLink, { history = [], tools = [], speech }: Question): void {
  const instructions = history.flatMap(({ role, content }) => (role === 'system' ? content : []));
  link.send({
    type: 'session.update',
    session: {
      type: 'realtime',
      output_modalities: ['audio'],
      ...(instructions.length > 0 && { instructions: instructions.join('\n') }),
      ...(tools.length > 0 && { tools: tools.map((tool) => ({ type: 'function', ...tool })) }),
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: UPLINK_RATE_HZ },
          // A typed question needs no ears; a spoken one is ended by the service, as a board's is.
          ...(speech === undefined && { turn_detection: null }),
        },
        output: { format: { type: 'audio/pcm', rate: UPLINK_RATE_HZ } },
      },
    },
  });
  for (const { role, content } of history) {
    if (role !== 'system') link.send(itemOf(role, content));
  }
}

const itemOf = (role: 'user' | 'assistant', text: string): object => ({
  type: 'conversation.item.create',
  item: {
    type: 'message',
    role,
    content: [{ type: role === 'user' ? 'input_text' : 'output_text', text }],
  },
});

/** One session's way from the question to `response.done`. */
class RealtimeTurn {
  endAtMs = 0;
  link: SocketLink | undefined;
  private talking: PacedSpeech | undefined;
  /** All of the question has left. */
  private isAsked: boolean;
  /** The service has noticed that. */
  private isHeard = false;
  /** Response that was begun last. */
  private latest: string | undefined;
  /** Responses to a part of the question: the service took a pause in it for its end. */
  private readonly early = new Set<string>();

  constructor(
    private readonly attempt: Attempt,
    private readonly speech: Speech | undefined,
    private readonly clock: Clock,
  ) {
    this.isAsked = speech === undefined;
  }

  close(): void {
    this.talking?.stop();
  }

  /** Takes one event of the server; true once the answer is complete. */
  take(text: string, hostAtMs: number): boolean {
    const message = parseFrame(text);
    const { answer } = this.attempt;
    const { type } = shaped(event, message);
    if (this.isOfPart(type, message)) return false;
    switch (type) {
      case 'error':
        throw refused(refusalOf(message));
      case 'session.created':
        this.ask();
        return false;
      case 'input_audio_buffer.speech_stopped':
        if (!this.isAsked) return false;
        this.isHeard = true;
        this.talking?.stop();
        return false;
      case 'input_audio_buffer.speech_started':
        // It goes on behind the pause after which the service began to answer.
        if (!this.isHeard && this.latest !== undefined) this.early.add(this.latest);
        return false;
      case 'response.output_audio.delta': {
        this.link?.enter('idle');
        const sound = shaped(delta, message).delta;
        const lengthSamples = Buffer.byteLength(sound, 'base64') / BYTES_PER_SAMPLE;
        answer.take({ kind: 'audio', lengthSamples, rateHz: UPLINK_RATE_HZ }, hostAtMs);
        return false;
      }
      case 'response.output_audio_transcript.delta':
      case 'response.output_text.delta':
        this.link?.enter('idle');
        answer.take({ kind: 'answer', text: shaped(delta, message).delta }, hostAtMs);
        return false;
      case 'response.function_call_arguments.done': {
        const { call_id: callId, name, arguments: argumentsPart } = shaped(call, message);
        answer.take({ kind: 'call', key: callId, callId, name, argumentsPart }, hostAtMs);
        return false;
      }
      case 'response.done':
        this.endAtMs = hostAtMs;
        return this.done(message, hostAtMs);
      default:
        return false;
    }
  }

  /** True for an event of a response that was not begun by the whole question. */
  private isOfPart(type: string, message: unknown): boolean {
    if (!type.startsWith('response.')) return false;
    const fields = fieldsOf(message);
    const id = codeText(fields.response_id) ?? codeText(fieldsOf(fields.response).id);
    if (id === undefined) return !this.isAsked;
    if (!this.isAsked) this.early.add(id);
    if (this.early.has(id)) return true;
    this.latest = id;
    return false;
  }

  private ask(): void {
    const { link, speech } = this;
    const { question, sent } = this.attempt;
    if (link === undefined || this.talking !== undefined) return;
    prepare(link, question);
    if (speech === undefined) {
      link.send(itemOf('user', question.text));
      link.send({ type: 'response.create' }, sent);
      link.enter('first-byte');
      return;
    }
    // Nothing but the end of the exchange limits how long somebody speaks.
    link.enter('speaking');
    this.talking = new PacedSpeech(
      speech,
      this.clock,
      (audio, left) => link.send({ type: 'input_audio_buffer.append', audio }, left),
      (hostAtMs) => {
        this.isAsked = true;
        sent(hostAtMs);
        link.enter('first-byte');
      },
    );
  }

  private done(message: unknown, hostAtMs: number): true {
    const { status, status_details: details, usage } = shaped(done, message).response;
    if (status === 'failed') {
      const code = details?.error?.code ?? undefined;
      throw refused({ kind: kindOf(code), code, message: details?.error?.message ?? 'the response failed' });
    }
    if (status !== 'completed') {
      const reason = details?.reason ?? 'no reason';
      if (reason === 'content_filter')
        throw refused({ kind: 'blocked', code: reason, message: 'the answer was blocked' });
      throw malformed(`the response ended as ${status} (${reason}); expected completed`);
    }
    if (usage != null) {
      const { input_tokens, output_tokens, total_tokens } = usage;
      const counted = { promptTokens: input_tokens, answerTokens: output_tokens, totalTokens: total_tokens };
      this.attempt.answer.take({ kind: 'usage', usage: counted }, hostAtMs);
    }
    this.attempt.answer.take({ kind: 'finish', reason: status }, hostAtMs);
    return true;
  }
}

/**
 * OpenAI Realtime, GA, over a WebSocket of its own for each question (providers.md 2). A spoken question is sent as fast as
 * it is spoken and followed by silence until the service has noticed its end; its `request` is the last speech sample. What
 * the service answers to a pause in it is left aside.
 */
export function realtimeAsker(
  service: { readonly url: string; readonly model: string },
  apiKey: string,
  options: LiveOptions,
): Asker {
  const { clock, ca } = options;
  const url = new URL(service.url);
  url.searchParams.set('model', service.model);
  return {
    protocol: 'openai-realtime',
    model: service.model,
    async ask(attempt) {
      const { question, limits, signal, emit } = attempt;
      const speech =
        question.speech === undefined
          ? undefined
          : {
              clip: await resample(question.speech.clip, UPLINK_RATE_HZ),
              offsetSample: Math.round(
                (question.speech.offsetSample * UPLINK_RATE_HZ) / question.speech.clip.rateHz,
              ),
            };
      const turn = new RealtimeTurn(attempt, speech, clock);
      try {
        await exchangeSocket(
          url.toString(),
          { authorization: `Bearer ${apiKey}` },
          {
            open: (link, hostAtMs) => {
              emit({ type: 'connected' }, hostAtMs);
              turn.link = link;
            },
            message: (text, hostAtMs) => turn.take(text, hostAtMs),
            refused: (status, body) => refused(chatRefusal(body, status) ?? plainRefusal(status, body)),
            closed: (code, reason) =>
              reason === ''
                ? undefined
                : new FailedAttempt({
                    code: reason.includes('invalid_api_key')
                      ? 'HIL_PROVIDER_KEY_REJECTED'
                      : 'HIL_PROVIDER_CUT',
                    what: `the connection was closed with ${code} (${reason})`,
                    providerCode: String(code),
                    retryable: false,
                  }),
          },
          { clock, limits, ca, signal },
        );
      } finally {
        turn.close();
      }
      return turn.endAtMs;
    },
  };
}
