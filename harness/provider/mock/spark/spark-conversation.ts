import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Cancel } from '../../../ports';
import { equalText } from '../../auth/equal-text';
import type { HttpContext } from '../http/http-mock';
import { closeSocket } from '../openai-realtime/client-link';
import { AnswerLog } from '../text/answer-log';
import { PlannedAnswer, resultsIn, type AnswerPiece } from '../text/planned-answer';
import type { Respondent, WrittenAnswer } from '../text/respondent';
import { playMessages } from './play-messages';
import { sparkFault, type SparkCodeChoice, type SparkFault } from './spark-code';
import { newSparkSid, sparkErrorFrame, sparkFrame, type SparkPiece } from './spark-frames';
import { isSparkFault, readSparkQuestion, type SparkQuestion } from './spark-question';

export interface SparkConversationRules {
  readonly appId: string;
  readonly codes: SparkCodeChoice;
  /** How long a client may say nothing. */
  readonly idleMs: number;
  /** Longest history with its question. */
  readonly historyTokens: number;
  /** Whether the last piece of an answer has status 2, or an empty frame after it. */
  readonly lastFrame: 'with-text' | 'empty';
}

const pieceOf = (piece: AnswerPiece): SparkPiece =>
  piece.kind === 'calls' ? { calls: piece.calls } : { content: piece.text };

/** One signed WebSocket: one question, its answer in frames, then the end. */
export class SparkConversation {
  private readonly sid = newSparkSid('cht');
  private readonly log: AnswerLog;
  private asked = false;
  private ended: string | undefined;
  private stopIdle: Cancel = () => undefined;
  private stopAnswer: Cancel = () => undefined;

  /** @param domains - Those of the path that was asked for. */
  constructor(
    private readonly socket: WebSocket,
    private readonly domains: readonly string[],
    private readonly context: HttpContext,
    private readonly respondent: Respondent,
    private readonly rules: SparkConversationRules,
  ) {
    this.log = new AnswerLog(context.log, this.sid, this.sid);
  }

  open(): void {
    const { socket, context, sid: sessionId } = this;
    context.log({ type: 'session-open', sessionId });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // ws closes by itself after a broken or oversize message.
      const { code = 'websocket_error', message } = error;
      if (this.ended === undefined) this.log.error(code, message);
    });
    socket.on('close', (closeCode, reason) => {
      this.stopIdle();
      const closedBy = this.ended === undefined ? 'board' : 'provider';
      context.log({
        type: 'session-closed',
        closeCode,
        reason: this.ended ?? reason.toString(),
        closedBy,
        sessionId,
      });
    });
    socket.on('message', (data: Buffer, isBinary) => {
      if (this.ended === undefined) this.receive(data, isBinary);
    });
    const idleMs = context.faults.has('session-end') ? 0 : this.rules.idleMs;
    this.stopIdle = context.clock.after(idleMs, () => this.drop('idle'));
  }

  private receive(data: Buffer, isBinary: boolean): void {
    const readAtHostMs = this.context.clock.nowMs();
    this.stopIdle();
    if (this.asked) {
      this.stopAnswer();
      this.refuse(sparkFault(10007));
      return;
    }
    this.asked = true;
    const question = isBinary
      ? sparkFault(10003, 'Questions are text frames.')
      : readSparkQuestion(data.toString());
    if (isSparkFault(question)) {
      this.refuse(question);
      return;
    }
    const messages = question.messages.map(({ role, content }) => ({ role, text: content }));
    const { tools, domain: model, maxTokens } = question;
    const answer = this.respondent.respond({
      messages,
      tools,
      ...(maxTokens !== undefined && { maxTokens }),
    });
    this.log.request({ prompt: answer.prompt, model, stream: true, tools }, readAtHostMs);
    const fault = this.faultOf(question, answer);
    if (fault !== undefined) {
      this.refuse(fault);
      return;
    }
    this.log.heard(answer.heard);
    for (const { text } of resultsIn(messages)) this.log.toolOutput('', text);
    this.answer(answer);
  }

  private faultOf({ appId, domain }: SparkQuestion, answer: WrittenAnswer): SparkFault | undefined {
    const { codes, historyTokens } = this.rules;
    const { faults } = this.context;
    if (!equalText(appId, this.rules.appId)) return sparkFault(codes.wrongApp);
    if (!this.domains.includes(domain))
      return sparkFault(codes.wrongDomain, `This path serves ${this.domains.join(', ')}.`);
    if (faults.has('rate-limit', answer.fault)) return sparkFault(codes.rateLimit);
    if (faults.has('content-blocked', answer.fault)) return sparkFault(codes.blocked);
    if (answer.promptTokens > historyTokens)
      return sparkFault(10907, `They have ${answer.promptTokens}, at most ${historyTokens} are allowed.`);
    return faults.has('too-long', answer.fault) ? sparkFault(10907) : undefined;
  }

  private answer(answer: WrittenAnswer): void {
    const { context, sid, log, socket } = this;
    const plan = new PlannedAnswer(context, answer, log, {
      showsReasoning: false,
      newCallId: () => `call_${randomUUID()}`,
    });
    const { promptTokens } = answer;
    let seq = 0;
    const frame = (status: 1 | 2, piece: SparkPiece, completionTokens: number): string => {
      const usage = status === 2 ? { usage: { promptTokens, completionTokens } } : {};
      const at = seq++;
      return sparkFrame({ sid, seq: at, status: status === 1 && at === 0 ? 0 : status, piece, ...usage });
    };
    const frames = plan.stream({
      piece: (piece) => frame(1, pieceOf(piece), piece.tokens),
      closing: ({ tokens }) => frame(2, { content: '' }, tokens),
      ...(this.rules.lastFrame === 'with-text' && {
        lastPiece: (piece, { tokens }) => frame(2, pieceOf(piece), tokens),
      }),
    });
    const binary = context.faults.has('wrong-framing', answer.fault);
    this.stopAnswer = playMessages(socket, frames, {
      clock: context.clock,
      binary,
      ended: (how) => {
        log.bodyEnded(how, plan.outcome);
        if (how === 'cut') this.ended ??= 'cut';
        else if (how === 'complete') this.close('answered');
      },
    });
  }

  private refuse(fault: SparkFault): void {
    const { socket, log } = this;
    log.error(String(fault.code), fault.message);
    socket.send(sparkErrorFrame(this.sid, fault), () => log.done('failed'));
    this.close(`refused with ${fault.code}`);
  }

  private close(reason: string): void {
    this.ended ??= reason;
    closeSocket(this.socket, this.context.clock, 1000, '');
  }

  private drop(reason: string): void {
    this.ended ??= reason;
    this.socket.terminate();
  }
}
