import type { Cancel } from '../../../ports';
import { Later } from '../../later';
import type { Heard } from '../../hearing/heard';
import type { Answer, Script } from '../../script/script';
import { isObject, type Fault, type Json } from '../json/check';
import { ResponsePlayer, type PlayerContext } from './response-player';
import { modalityOf, toolNamesOf, type SessionState } from './session-state';

/** What the next response is to answer: something heard, or words that were due and that a cancelled response kept back. */
type Unanswered =
  | { readonly heard: Later<Heard>; readonly audioMs: number }
  | { readonly due: Answer; readonly audioMs: number };

export interface ResponsesListener {
  /** A response of the conversation starts. */
  busy(): void;
  /** It is done, and none other runs. */
  idle(): void;
}

/** The responses of one session: at most one in its conversation, any number beside it. */
export class Responses {
  private active: ResponsePlayer | undefined;
  private readonly beside = new Set<ResponsePlayer>();
  private pending: Cancel | undefined;
  private unanswered: Unanswered | undefined;

  constructor(
    private readonly context: Omit<PlayerContext, 'over' | 'called' | 'outputAudio' | 'truncates'>,
    private readonly session: SessionState,
    private readonly script: Script,
    private readonly listener: ResponsesListener,
  ) {}

  /** Something was said or typed to the conversation; the next response answers it. */
  heard(heard: Later<Heard>, audioMs: number): void {
    this.unanswered = { heard, audioMs };
  }

  /** Creates the response that a turn's end asks for, after the scenario's delay. */
  turnEnded(refused: (fault: Fault) => void): void {
    this.dropPending();
    const create = (): void => {
      this.pending = undefined;
      const fault = this.create({}, 'turn-detected');
      if (fault) refused(fault);
    };
    const { timing, delays } = this.context;
    const responseCreatedMs = delays.draw(timing.responseCreatedMs);
    if (responseCreatedMs <= 0) create();
    else this.pending = this.context.clock.after(responseCreatedMs, create);
  }

  /** Starts a response; a fault when one is active in the conversation already. */
  create(options: Json, trigger: 'client' | 'turn-detected'): Fault | undefined {
    const outOfBand = options.conversation === 'none';
    if (!outOfBand && this.active !== undefined) {
      return {
        code: 'conversation_already_has_active_response',
        message: `Conversation already has an active response in progress: ${this.active.id}. Wait until the response is finished before creating a new one.`,
        param: null,
      };
    }
    const answer = new Later<Answer>();
    const player = new ResponsePlayer(this.playerContext(options), {
      trigger,
      modality: modalityOf(options.output_modalities) ?? this.session.modality,
      outOfBand,
      metadata: options.metadata ?? null,
      inputAudioMs: this.unanswered?.audioMs ?? 0,
      answer,
    });
    if (outOfBand) {
      this.beside.add(player);
      answer.settle({ calls: [], say: undefined });
    } else {
      // Whoever asks for a response first gets it; the turn's end does not ask again.
      this.dropPending();
      this.active = player;
      this.listener.busy();
      this.answer(player, options);
    }
    player.start();
    return undefined;
  }

  /** Speech began: what is being said stops, and so does what was about to be. */
  interrupt(): void {
    this.dropPending();
    this.active?.cancel('turn_detected');
    this.context.outlet.interrupt();
  }

  /** Cancels by id, or the active one; a fault when there is none. */
  cancel(responseId: string | undefined): Fault | undefined {
    const player =
      responseId === undefined
        ? this.active
        : [this.active, ...this.beside].find((candidate) => candidate?.id === responseId);
    if (player === undefined) {
      return {
        code: 'response_cancel_not_active',
        message: 'Cancellation failed: no active response found',
        param: null,
      };
    }
    player.cancel('client_cancelled');
    return undefined;
  }

  /** The socket has gone. */
  abandon(): void {
    this.dropPending();
    for (const player of [this.active, ...this.beside]) player?.abandon();
    this.context.outlet.stop();
  }

  /** What was said has been played to its end or cut off. */
  played(): void {
    if (this.active === undefined) this.listener.idle();
  }

  private playerContext(options: Json): PlayerContext {
    const audio = isObject(options.audio) && isObject(options.audio.output) ? options.audio.output : {};
    return {
      ...this.context,
      outputAudio: { ...this.session.outputAudio, ...audio },
      truncates: this.session.truncates,
      called: (callId) => this.script.called(callId),
      over: (player) => this.over(player),
    };
  }

  private over(player: ResponsePlayer): void {
    this.beside.delete(player);
    if (this.active !== player) return;
    this.active = undefined;
    if (!this.context.outlet.isPlaying) this.listener.idle();
  }

  /** Settles the player's answer as soon as it is known what was heard. */
  private answer(player: ResponsePlayer, options: Json): void {
    const { answer } = player.request;
    const choice = options.tool_choice ?? this.session.toolChoice;
    const names = options.tools === undefined ? this.session.toolNames : toolNamesOf(options.tools);
    const offer = { tools: choice === 'none' ? [] : names };
    const unanswered = this.unanswered;
    this.unanswered = undefined;
    if (unanswered !== undefined && 'heard' in unanswered) {
      // A response that ended unheard leaves what was said to the next one, which must find the script as it was.
      player.onUnsaid(() => (this.unanswered ??= unanswered));
      unanswered.heard.use((heard) => {
        if (!player.isOver) answer.settle(this.script.hear(heard, offer));
      });
      return;
    }
    const due = unanswered?.due ?? this.script.carryOn();
    player.onUnsaid(() => (this.unanswered ??= { due, audioMs: 0 }));
    answer.settle(due);
  }

  private dropPending(): void {
    this.pending?.();
    this.pending = undefined;
  }
}
