import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../ports';
import type { RealFleet } from './real-fleet';

/** What was tried with agents as they are, and what is wrong. */
export interface RealTrial {
  readonly name: string;
  /** In words; empty when nothing is. */
  readonly wrong: readonly string[];
  readonly tookMs: number;
  /** From what was done to the board's being free. Absent: nothing was broken off. */
  readonly freeAfterMs?: number;
  /** From the loss of an agent to its unit's beginning on the other. Absent: none was lost. */
  readonly elsewhereMs?: number;
}

export interface RealAgentsReport {
  readonly trials: readonly RealTrial[];
  /** What agents said, for whoever looks into a failure. */
  readonly said: readonly string[];
}

export type Found = Omit<RealTrial, 'name' | 'tookMs'>;

const within = async <T>(work: Promise<T>, what: string, hungAfterMs: number): Promise<T> => {
  let cancel: () => void = () => undefined;
  const hung = new Promise<never>((_, reject) => {
    cancel = systemClock.after(hungAfterMs, () => reject(new Error(`${what} hangs`)));
  });
  return Promise.race([work, hung]).finally(() => cancel());
};

/** Trials one after the other; what one throws is wrong with it, and so is what takes longer. */
export function trialsOf(
  onTrial: (trial: RealTrial) => void,
  hungAfterMs: number,
): {
  readonly trials: readonly RealTrial[];
  readonly trial: (name: string, work: () => Promise<Found>) => Promise<void>;
} {
  const trials: RealTrial[] = [];
  return {
    trials,
    trial: async (name, work) => {
      const fromMs = systemClock.nowMs();
      const found = await within(work(), name, hungAfterMs).catch((error: unknown) => ({
        wrong: [String(error)],
      }));
      const one: RealTrial = { name, tookMs: systemClock.nowMs() - fromMs, ...found };
      trials.push(one);
      onTrial(one);
    },
  };
}

/** Agents that are asked to end do, and say that it went well. */
export async function asked(fleet: RealFleet): Promise<Found> {
  const ends = await Promise.all([...fleet.agents.values()].map((agent) => agent.end('SIGTERM')));
  return { wrong: ends.flatMap(({ exitCode }) => (exitCode === 0 ? [] : [`one ended with ${exitCode}`])) };
}

export const OWN_SUITE = 'greeting.hil.ts';

/** A team's suite with a helper beside it. @returns Folder that they are in. */
export function writeOwnSuite(folder: string): string {
  const suites = join(folder, 'suites');
  mkdirSync(join(suites, 'helpers'), { recursive: true });
  writeFileSync(join(suites, 'helpers/questions.ts'), "export const question: string = 'en-joke-a';\n");
  writeFileSync(
    join(suites, OWN_SUITE),
    `import { describe, expect, test } from 'earshot';
import { question } from './helpers/questions';

describe('a suite of a team', () => {
  test('has a question answered', { needs: ['text', 'console-input'] }, async ({ ask }) => {
    expect(await ask(question)).toHaveAnswered();
  });
});
`,
  );
  return suites;
}
