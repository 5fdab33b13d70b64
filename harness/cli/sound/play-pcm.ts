import { spawn } from 'node:child_process';
import { toPcm16, type PcmClip } from '../../audio';
import { ConfigError } from '../../errors';
import { Complaint } from './complaint';
import type { InstalledProgram } from './sound-program';

/**
 * Plays mono sound with a program of the system; resolves when the program has played it.
 * @throws ConfigError `HIL_CORPUS_SOUND` with what the program wrote.
 */
export async function playPcm(
  { samples, rateHz }: PcmClip,
  { program, device }: { readonly program: InstalledProgram; readonly device: string | undefined },
): Promise<void> {
  const child = spawn(program.path, program.args({ rateHz, device }), { stdio: ['pipe', 'ignore', 'pipe'] });
  const complaint = new Complaint();
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaint.add(text));
  // A program that ends early closes its input; how it ended tells more than the broken pipe.
  child.stdin.on('error', () => undefined);
  const { pcm } = toPcm16(samples);
  child.stdin.end(Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once('error', (cause) => resolve(`did not start: ${cause.message}`));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : `ended with ${signal ?? `exit code ${code ?? 'unknown'}`}`),
    );
  });
  if (failure === undefined) return;
  throw new ConfigError('HIL_CORPUS_SOUND', `${program.name} ${failure}; ${complaint.last}.`, {
    program: program.path,
    device,
    stderr: complaint.whole,
  });
}
