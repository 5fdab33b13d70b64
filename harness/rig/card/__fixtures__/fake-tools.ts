import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Steps of `fake-sound-tool.mjs`. */
export type FakeStep =
  | { readonly record: number }
  | { readonly skip: number }
  | { readonly pieces: number }
  | { readonly say: string; readonly times?: number }
  | { readonly wait: true }
  | { readonly exit: number };

export interface FakeTools {
  readonly environment: NodeJS.ProcessEnv;
  /** All bytes that a player took so far. */
  played(): Buffer;
  remove(): void;
}

/** A PATH on which the programs of the sound system do what a script says. */
export function fakeTools(scripts: {
  readonly recorder?: readonly FakeStep[];
  readonly player?: readonly FakeStep[];
}): FakeTools {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-tools-'));
  for (const name of ['arecord', 'aplay', 'parec', 'pacat']) {
    const path = join(folder, name);
    copyFileSync(join(__dirname, 'fake-sound-tool.mjs'), path);
    chmodSync(path, 0o755);
  }
  const played = join(folder, 'played.pcm');
  writeFileSync(played, '');
  return {
    environment: {
      ...process.env,
      PATH: [folder, process.env['PATH']].join(delimiter),
      FAKE_RECORDER: JSON.stringify(scripts.recorder ?? []),
      FAKE_PLAYER: JSON.stringify(scripts.player ?? []),
      FAKE_PLAYED: played,
    },
    played: () => readFileSync(played),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
