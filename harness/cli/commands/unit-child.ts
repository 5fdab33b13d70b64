import { leaveSignalsToParent } from '../child-signals';
import { readProviderChoice } from '../command-table/provider-choice';
import { exitCodes } from '../exit-codes';
import { readUnitOrder } from '../fleet/unit-order';
import { doctorCommand } from './doctor';
import { runCommand } from './run';

const DEFAULT_TURNS = 12;
/** A board is reset by then, or is left to whoever takes it next, who resets it first. */
const RESET_WITHIN_MS = 5_000;

/**
 * Plays a unit of a fleet, as `earshot run` does. Its agent decides when it is broken off; when the agent is gone, it ends in order by
 * itself. A board that was broken off is reset: nobody knows what it was at.
 */
export async function unitChildCommand(order: string): Promise<number> {
  const { bench, board, suites, turns = DEFAULT_TURNS, provider, image, reports } = readUnitOrder(order);
  leaveSignalsToParent();
  const exitCode = await runCommand(
    {
      bench,
      board: [board],
      eachBoard: false,
      share: false,
      suite: suites,
      turns,
      budget: undefined,
      baseline: undefined,
      provider: provider === undefined ? undefined : readProviderChoice(provider),
      fault: [],
      grep: undefined,
      snrDb: undefined,
      rt60Ms: undefined,
      wait: undefined,
      image,
      reports,
      json: true,
      dropsInterrupted: true,
    },
    (interrupt) => {
      process.on('message', interrupt);
      process.once('disconnect', interrupt);
      // An agent that was killed at once is gone before anybody hears of it.
      if (!process.connected) interrupt();
    },
  );
  if (exitCode === exitCodes.interrupted)
    await doctorCommand({
      bench,
      board,
      only: ['reset'],
      reset: true,
      withinMs: 1_000 * process.uptime() + RESET_WITHIN_MS,
      faults: [],
      reports,
      json: false,
    }).catch(() => undefined);
  return exitCode;
}
