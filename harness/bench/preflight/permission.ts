import { fail, ok, skipped, type Check, type CheckContext } from './check';
import { isServer } from './port';

/** This user may use the port. */
export const permission: Check = {
  id: 'permission',
  title: 'permission on the port',
  group: 'serial',
  expected: 'this user may read and write the serial port',
  remedy:
    'Join the group that owns the port (`sudo usermod -aG dialout $USER`) and log in anew, or add the udev rule of docs/serial-ports.md.',
  needs: ['port'],
  uses: ['port'],
  withinMs: 2_000,
  async run({ parts, machine }: CheckContext) {
    const path = await parts.portPath();
    if (isServer(path)) return skipped('the server decides who may use its port');
    const file = await machine.device(path);
    if (file === undefined) return fail(`${path} has gone meanwhile`, { code: 'HIL_BOARD_PORT_MISSING' });
    const { mode, owner, group, mayReadAndWrite } = file;
    const { user, groups, listedGroups } = await machine.account();
    if (mayReadAndWrite) return ok(`${mode} ${owner} ${group}, and ${user} may`);
    const seen = `${path} is ${mode} ${owner} ${group}, and ${user} is in ${groups.join(', ') || 'no group'}`;
    const facts = { port: path, mode, owner, group, user, groups };
    const code = 'HIL_BOARD_PORT_FAILED' as const;
    if (listedGroups.includes(group))
      return fail(`${seen}; the machine's list has ${user} in ${group}, and this login is older`, {
        code,
        facts,
        remedy: `Log out and in again (or run \`newgrp ${group}\`): ${user} is in ${group} from the next login on.`,
      });
    // A group that owns nothing else gives everything away with the port; without group rights joining it helps nobody.
    if (group !== 'root' && mode.slice(3, 5) === 'rw')
      return fail(seen, {
        code,
        facts,
        remedy: `Run \`sudo usermod -aG ${group} ${user}\` and log in anew, or add the udev rule of docs/serial-ports.md.`,
      });
    return fail(seen, {
      code,
      facts,
      remedy:
        'Add the udev rule of docs/serial-ports.md, which gives the port to the group dialout, and join that group.',
    });
  },
};
