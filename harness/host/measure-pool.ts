import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { fromWireError, HilError } from '../errors';
import type { TurnMeasurement } from '../measurement';
import type { TurnRecord } from '../ports';
import type { MeasureRequest, MeasureResponse } from './measure-worker';

interface Waiting {
  readonly resolve: (measurement: TurnMeasurement) => void;
  readonly reject: (error: HilError) => void;
}

/** Measures stored turns in a worker thread, one at a time, in order. */
export class MeasurePool {
  private readonly worker = new Worker(join(__dirname, 'measure-worker.js'));
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;

  constructor(private readonly runPath: string) {
    this.worker.on('message', (response: MeasureResponse) => {
      const waiting = this.waiting.get(response.id);
      this.waiting.delete(response.id);
      if ('error' in response) waiting?.reject(fromWireError(response.error));
      else waiting?.resolve(response.measurement);
    });
    this.worker.on('error', (cause) => this.lose(cause));
  }

  /** @throws HilError what the measuring threw, or `HIL_HARNESS_UNEXPECTED` when the worker died. */
  measure(record: TurnRecord): Promise<TurnMeasurement> {
    return new Promise((resolve, reject) => {
      const id = this.nextId++;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, runPath: this.runPath, record } satisfies MeasureRequest);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private lose(cause: Error): void {
    const error = new HilError(
      'HIL_HARNESS_UNEXPECTED',
      `The measuring worker died: ${cause.message}`,
      {},
      { cause },
    );
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
