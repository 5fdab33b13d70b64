import type { PowerChoice } from '../../ports';
import { fail, ok, skipped, type Check, type CheckContext } from './check';

/** Programs that a power switch needs; a team's own switch is none. */
const programsOf = (power: PowerChoice): readonly string[] => {
  if (power.kind === 'uhubctl') return [power.program];
  if (power.kind === 'cycle-command') return [power.cycle[0]];
  return power.kind === 'switch-command' ? [power.off[0], power.on[0]] : [];
};

/** What switches the board's power can be started. Nothing is switched: the reset does that where the bench file has it so. */
export const power: Check = {
  id: 'power',
  title: 'power switch',
  group: 'board',
  expected: "the program that switches the board's power is there and may be run",
  remedy: 'Install the program, or correct `power` in the bench file (docs/resetting.md).',
  needs: [],
  uses: [],
  withinMs: 2_000,
  async run({ parts, machine }: CheckContext) {
    const { boardConfig } = parts;
    const choice = boardConfig.kind === 'serial' ? boardConfig.power : undefined;
    if (choice === undefined) return skipped('nobody can switch it');
    const programs = [...new Set(programsOf(choice))];
    if (programs.length === 0) return ok('a switch of your own, which only a reset tries');
    for (const name of programs) {
      if (await machine.mayRun(name)) continue;
      return fail(`there is no program ${name} that this user may run`, {
        code: 'HIL_POWER_FAILED',
        facts: { program: name },
      });
    }
    return ok(`${programs.join(' and ')}; tried by a reset only`);
  },
};
