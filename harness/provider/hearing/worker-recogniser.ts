import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SampleSpan } from '../../audio';
import { ProviderError } from '../../errors';
import { endThread, type SpeechClip } from '../../ports';
import { Later } from '../later';
import { Loss } from '../loss';
import { heardNothing, type Heard } from './heard';
import { RecognitionQueue, type WaitingQuestion } from './recognition-queue';
import { recognitionOf, type Recogniser } from './recogniser';

export interface RecognitionRequest {
  readonly samples: Int16Array<ArrayBuffer>;
  readonly leadInSamples: number;
  readonly invented: readonly SampleSpan[];
}

/** What a worker is started with. */
export interface RecognitionStaff {
  readonly prompts: readonly SpeechClip[];
  /** It recognises for a crowd: a core is its own only while nobody else wants one. */
  readonly forCrowd: boolean;
}

/** From now on it recognises for a crowd. */
export type RecognitionOrder = 'crowd';

export interface RecognitionAnswer {
  readonly heard: Heard;
}

/** One thread, and what it is working on. */
interface Hand {
  readonly worker: Worker;
  question: WaitingQuestion | undefined;
}

/** Utterances of this many sessions: loading templates again costs time itself, and a bench with one board does with one. */
const WAITING_FOR_SECOND = 3;
/**
 * So many sessions are more than the boards of a bench. The workers of one keep their share of a busy machine, or a board would wait
 * for as long as the machine is busy; those of a crowd go last, and stay so, since Linux lets only root take that back.
 */
const CROWD_SESSIONS = 16;

/**
 * Recognises in worker threads started from a compiled file: one, and a second one from the first time that several sessions
 * wait. Resolves once the first has loaded its templates.
 * @throws ProviderError `HIL_PROVIDER_UNREADY` when it cannot.
 */
export async function openWorkerRecogniser(
  prompts: readonly SpeechClip[],
  workerPath: string,
): Promise<Recogniser> {
  const pool = new RecognitionPool(prompts, workerPath);
  await pool.open();
  return pool;
}

class RecognitionPool implements Recogniser {
  private readonly queue = new RecognitionQueue();
  private readonly workers = new Set<Worker>();
  private readonly idle: Hand[] = [];
  private readonly loss = new Loss();
  private readonly most = Math.min(2, availableParallelism());
  private state: 'open' | 'lost' | 'closed' = 'open';
  private isCrowd = false;

  constructor(
    private readonly prompts: readonly SpeechClip[],
    private readonly workerPath: string,
  ) {}

  open(): Promise<void> {
    return this.hire();
  }

  recognise(
    samples: Int16Array,
    leadInSamples: number,
    invented?: readonly SampleSpan[],
  ): ReturnType<Recogniser['recognise']> {
    if (this.state !== 'open') return recognitionOf(new Later());
    if (samples.length === 0) return recognitionOf(Later.of(heardNothing));
    const recognition = this.queue.add(samples as Int16Array<ArrayBuffer>, leadInSamples, invented);
    this.dispatch();
    return recognition;
  }

  serves(sessions: number): void {
    if (this.isCrowd || sessions < CROWD_SESSIONS) return;
    this.isCrowd = true;
    for (const worker of this.workers) worker.postMessage('crowd' satisfies RecognitionOrder);
  }

  onLost(listener: (error: Error) => void): () => void {
    return this.loss.onLost(listener);
  }

  async close(): Promise<void> {
    this.state = 'closed';
    this.queue.clear();
    await Promise.all([...this.workers].map((worker) => endThread(worker)));
  }

  /** Starts a worker; resolves when it is ready for questions. */
  private hire(): Promise<void> {
    const workerData: RecognitionStaff = { prompts: this.prompts, forCrowd: this.isCrowd };
    const worker = new Worker(this.workerPath, { workerData });
    this.workers.add(worker);
    worker.unref();
    return new Promise((resolve, reject) => {
      let ready = false;
      const gone = (how: string, cause?: unknown): void => {
        this.workers.delete(worker);
        const [code, what] = ready
          ? (['HIL_PROVIDER_DIED', 'ended by itself'] as const)
          : (['HIL_PROVIDER_UNREADY', 'did not come up'] as const);
        const message = `The thread that recognises what the mock provider hears ${what}: ${how}.`;
        const error = new ProviderError(code, message, { how }, { cause });
        if (ready) this.lose(error);
        else reject(error);
      };
      worker.once('error', (cause) =>
        gone((cause as Partial<Error> | null)?.message ?? String(cause), cause),
      );
      worker.once('exit', (exitCode) => gone(`exit code ${exitCode}`));
      worker.once('message', () => {
        ready = true;
        const hand: Hand = { worker, question: undefined };
        worker.on('message', ({ heard }: RecognitionAnswer) => this.answered(hand, heard));
        this.idle.push(hand);
        resolve();
        this.dispatch();
      });
    });
  }

  private dispatch(): void {
    while (this.idle.length > 0 && this.state === 'open') {
      const question = this.queue.take();
      if (question === undefined) return;
      const hand = this.idle.pop() as Hand;
      hand.question = question;
      const { samples, leadInSamples, invented } = question;
      const request: RecognitionRequest = { samples, leadInSamples, invented };
      hand.worker.postMessage(request, [samples.buffer]);
    }
  }

  private answered(hand: Hand, heard: Heard): void {
    const { question } = hand;
    hand.question = undefined;
    this.idle.push(hand);
    if (this.queue.finalLength >= WAITING_FOR_SECOND && this.workers.size < this.most) {
      this.hire().catch((error: unknown) => this.lose(error));
    }
    // The next one starts before this answer is acted upon.
    this.dispatch();
    if (this.state === 'open') question?.heard.settle(heard);
  }

  private lose(error: unknown): void {
    if (this.state !== 'open') return;
    this.state = 'lost';
    this.queue.clear();
    this.loss.tell(error as Error);
  }
}
