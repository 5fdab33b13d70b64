import { fail, ok, warn, type Check, type CheckContext } from './check';

const DAY_MS = 86_400_000;

/** The machine knows what time it is. */
export const hostClock: Check = {
  id: 'host-clock',
  title: "this machine's clock",
  group: 'host',
  expected:
    'the clock is right: certificates, signatures of requests and the time that boards are told depend on it',
  remedy:
    'Set the clock (`timedatectl set-ntp true`, or `chronyd`); a machine without a battery has none until it has the network.',
  needs: [],
  uses: [],
  withinMs: 2_000,
  beforeRuns: true,
  async run({ machine }: CheckContext) {
    const nowMs = machine.unixNowMs();
    const builtMs = await machine.builtAtUnixMs();
    const now = new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ');
    if (nowMs < builtMs - DAY_MS)
      return fail(`it says ${now} UTC, which is before this program was installed`);
    if ((await machine.isClockKept()) === false)
      return warn(`it says ${now} UTC, and nothing has set it by the network since the start`);
    return ok(`${now} UTC`);
  },
};
