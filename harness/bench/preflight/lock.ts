import { fail, failureOf, ok, skipped, type Check, type CheckContext } from './check';
import { isServer } from './port';

/** Nobody else has the port. */
export const lock: Check = {
  id: 'lock',
  title: 'port is free',
  group: 'serial',
  expected: 'no other program has the serial port open',
  remedy: 'Close the program that is named: a serial monitor, an IDE, or a run that is still going on.',
  needs: ['port'],
  uses: ['port'],
  withinMs: 4_000,
  async run({ parts, machine }: CheckContext) {
    const path = await parts.portPath();
    try {
      await parts.lease();
    } catch (cause) {
      return failureOf(cause);
    }
    if (isServer(path)) return skipped('the server lets in one client at a time, and says so');
    const holder = await machine.holderOf(path);
    if (holder === undefined) return ok('nobody has it, as far as this user can see');
    const { pid, program, isOurs } = holder;
    if (isOurs) return ok(`the simulated board has it (process ${pid}), nobody else`);
    return fail(`process ${pid}${program === undefined ? '' : ` (${program})`} has ${path}`, {
      code: 'HIL_BOARD_PORT_BUSY',
      facts: { port: path, holderPid: pid, program },
      remedy: `Close ${program ?? 'that program'} (process ${pid}): whatever it reads is lost to the bench, and what it types the board takes.`,
    });
  },
};
