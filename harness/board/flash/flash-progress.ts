import { interruptedError, type FlashState } from './flash-errors';

/** What it is doing right now. Bytes are of the image, not of the wire. */
export type FlashProgress =
  | { readonly step: 'connect'; readonly baudRate: number }
  | { readonly step: 'connected'; readonly chip: string; readonly baudRate: number }
  | { readonly step: 'compare' | 'same' | 'written'; readonly name: string; readonly sizeBytes: number }
  | {
      readonly step: 'write';
      readonly name: string;
      readonly writtenBytes: number;
      readonly sizeBytes: number;
    }
  /** The port went away and came back; the same once more. */
  | { readonly step: 'again'; readonly because: string; readonly baudRate: number }
  | { readonly step: 'slower'; readonly because: string; readonly baudRate: number }
  | { readonly step: 'restart' };

/** Hears what is being done, and so knows what an interruption leaves behind. */
export class FlashJournal {
  state: FlashState = 'untouched';

  constructor(private readonly onProgress: (progress: FlashProgress) => void = () => undefined) {}

  readonly take = (progress: FlashProgress): void => {
    if (progress.step === 'write') this.state = 'half-written';
    if (progress.step === 'restart' && this.state === 'half-written') this.state = 'written';
    this.onProgress(progress);
  };
}

/**
 * Does what can be interrupted.
 * @param work - Gets a promise that rejects as soon as the signal is given, or never.
 * @throws BoardError `HIL_FLASH_INTERRUPTED`, with what the journal knows then; what `work` throws.
 */
export async function interruptible<T>(
  {
    port,
    signal,
    journal,
  }: { readonly port: string; readonly signal?: AbortSignal; readonly journal: FlashJournal },
  work: (stopped: Promise<never>) => Promise<T>,
): Promise<T> {
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(interruptedError(port, journal.state));
  });
  stopped.catch(() => undefined);
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop);
  try {
    return await work(stopped);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
