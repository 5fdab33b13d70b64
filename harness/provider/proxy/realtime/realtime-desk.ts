import type { Cancel, ReceivedAudio, ReceivedWindow, ReplyRequest, SpeechClip } from '../../../ports';
import type { UnstampedEvent } from '../../event-log';
import { openRecogniser } from '../../hearing/open-recogniser';
import type { Recogniser } from '../../hearing/recogniser';
import { ReceivedArchive } from '../../mock/received-archive';
import { RealtimeTap, type RealtimeTapContext, type TakenTurn } from './realtime-tap';
import { ReplyArchive } from './reply-archive';

/** What a proxy of OpenAI Realtime knows of all its sessions. */
export class RealtimeDesk {
  private readonly received = new ReceivedArchive();
  private readonly replies = new ReplyArchive();

  private constructor(
    private readonly recogniser: Recogniser | undefined,
    private readonly log: (event: UnstampedEvent, hostAtMs?: number) => void,
  ) {}

  /** @param prompts - What boards may say; none: nobody listens for what it was. */
  static async open(
    prompts: readonly SpeechClip[],
    log: (event: UnstampedEvent, hostAtMs?: number) => void,
  ): Promise<RealtimeDesk> {
    return new RealtimeDesk(prompts.length === 0 ? undefined : await openRecogniser(prompts), log);
  }

  /** Reads one session, as `RealtimeTap` says. */
  tap(
    id: string,
    turnTaken?: (turn: TakenTurn) => void,
    how: Pick<RealtimeTapContext, 'paced' | 'ownPlaces'> = {},
  ): RealtimeTap {
    const { recogniser, received, replies, log } = this;
    return new RealtimeTap(id, { recogniser, received, replies, log, ...how }, turnTaken);
  }

  saveReceived(window: ReceivedWindow): Promise<ReceivedAudio | undefined> {
    return this.received.save(window);
  }

  saveReply(request: ReplyRequest): Promise<SpeechClip | undefined> {
    return this.replies.save(request);
  }

  /** Calls back once when nothing can be recognised any more. */
  onLost(listener: (error: Error) => void): Cancel {
    return this.recogniser?.onLost(listener) ?? (() => undefined);
  }

  async close(): Promise<void> {
    await this.recogniser?.close();
  }
}
