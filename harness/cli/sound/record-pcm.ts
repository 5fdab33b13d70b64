import { spawn } from 'node:child_process';
import type { PcmClip } from '../../audio';
import { ConfigError } from '../../errors';
import { msOfSamples, samplesIn } from '../../units';
import { Complaint } from './complaint';
import type { InstalledProgram } from './sound-program';

const INT16_FULL_SCALE = 32_768;

export interface RecordOptions {
  readonly program: InstalledProgram;
  readonly rateHz: number;
  readonly device: string | undefined;
  /** The recording ends by itself when it is this long. */
  readonly longestMs: number;
  /** Ends it before. */
  readonly stop: AbortSignal;
  /** Gets each piece as it comes, with its place. */
  readonly onPiece: (samples: Float32Array, atMs: number) => void;
}

/**
 * Records mono sound with a program of the system until it is long enough or is stopped.
 * @returns What came; at least one sample.
 * @throws ConfigError `HIL_CORPUS_SOUND` with what the program wrote, when it ends by itself or gives nothing.
 */
export async function recordPcm(options: RecordOptions): Promise<PcmClip> {
  const { program, rateHz, device, longestMs, stop, onPiece } = options;
  const child = spawn(program.path, program.args({ rateHz, device }), { stdio: ['ignore', 'pipe', 'pipe'] });
  const wantedSamples = samplesIn(longestMs, rateHz);
  const recorded = new Float32Array(wantedSamples);
  let count = 0;
  let odd = Buffer.alloc(0);
  const complaint = new Complaint();
  const state = { isDone: stop.aborted };
  const finish = (): void => {
    state.isDone = true;
    child.kill('SIGTERM');
  };
  if (stop.aborted) finish();
  else stop.addEventListener('abort', finish, { once: true });
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaint.add(text));
  child.stdout.on('data', (bytes: Buffer) => {
    if (state.isDone) return;
    const whole = odd.length === 0 ? bytes : Buffer.concat([odd, bytes]);
    const samples = Math.min(whole.length >> 1, wantedSamples - count);
    odd = Buffer.from(whole.subarray((whole.length >> 1) * 2));
    for (let n = 0; n < samples; n += 1) recorded[count + n] = whole.readInt16LE(n * 2) / INT16_FULL_SCALE;
    onPiece(recorded.subarray(count, count + samples), msOfSamples(count, rateHz));
    count += samples;
    if (count >= wantedSamples) finish();
  });
  const fate = await new Promise<string>((resolve) => {
    child.once('error', (cause) => resolve(`did not start: ${cause.message}`));
    child.once('close', (code, signal) =>
      resolve(`ended with ${signal ?? `exit code ${code ?? 'unknown'}`}`),
    );
  });
  stop.removeEventListener('abort', finish);
  if (state.isDone && count > 0) return { samples: recorded.slice(0, count), rateHz };
  throw new ConfigError(
    'HIL_CORPUS_SOUND',
    `${program.name} ${fate} after ${msOfSamples(count, rateHz).toFixed(0)} ms of sound; ${complaint.last}.`,
    { program: program.path, device, stderr: complaint.whole },
  );
}
