import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ClipShelf, type ConditionedSound, type PcmClip, type SoundConditions } from '../audio';
import { fromWireError, HilError } from '../errors';
import type { TurnMeasurement } from '../measurement';
import { endThread, type SpeechClip, type TurnRecord } from '../ports';
import type { SoundJob, SoundJobs, SoundRequest, SoundResponse } from './sound-worker';

interface Waiting {
  readonly resolve: (output: never) => void;
  readonly reject: (error: HilError) => void;
}

/** Measures turns and prepares prompts in a worker thread, one job at a time, in order. */
export class SoundWorkshop {
  private readonly worker = new Worker(join(__dirname, 'sound-worker.js'));
  private readonly waiting = new Map<number, Waiting>();
  private readonly clips = new ClipShelf();
  private nextId = 1;
  private death: HilError | undefined;

  constructor(private readonly runPath: string) {
    this.worker.on('message', (response: SoundResponse) => {
      const waiting = this.waiting.get(response.id);
      this.waiting.delete(response.id);
      if ('error' in response) waiting?.reject(fromWireError(response.error));
      else waiting?.resolve(response.output as never);
    });
    this.worker.on('error', (cause) => this.lose(cause));
  }

  /** @throws HilError what the measuring threw, or `HIL_HARNESS_UNEXPECTED` when the worker died. */
  measure(record: TurnRecord): Promise<TurnMeasurement> {
    return this.ask('measure', { runPath: this.runPath, record });
  }

  /** The sound of a clip at this rate, from the shelf where it was asked for lately. */
  async clipAtRate(clip: SpeechClip, rateHz: number): Promise<PcmClip> {
    const key = `${clip.kind} ${clip.id} ${rateHz}`;
    const known = this.clips.get(key);
    if (known !== undefined) return known;
    const made = await this.ask('clipAtRate', { clip, rateHz });
    this.clips.put(key, made);
    return made;
  }

  /** The sound of a clip at this rate in noise or a room. */
  clipUnder(
    clip: SpeechClip,
    rateHz: number,
    conditions: SoundConditions,
    seed: number,
  ): Promise<ConditionedSound> {
    return this.ask('clipUnder', { clip, rateHz, conditions, seed });
  }

  async close(): Promise<void> {
    await endThread(this.worker);
  }

  private ask<J extends SoundJob>(job: J, input: SoundJobs[J]['input']): Promise<SoundJobs[J]['output']> {
    return new Promise((resolve, reject) => {
      if (this.death !== undefined) {
        reject(this.death);
        return;
      }
      const id = this.nextId++;
      this.waiting.set(id, { resolve, reject });
      const request: SoundRequest<J> = { id, job, input };
      this.worker.postMessage(request);
    });
  }

  private lose(cause: Error): void {
    this.death = new HilError(
      'HIL_HARNESS_UNEXPECTED',
      `The sound worker died: ${cause.message}`,
      {},
      { cause },
    );
    for (const { reject } of this.waiting.values()) reject(this.death);
    this.waiting.clear();
  }
}
