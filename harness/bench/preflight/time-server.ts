import { ok, skipped, warn, type Check, type CheckContext } from './check';

/** Firmware asks this port and no other. */
const NTP_PORT = 123;

/** Boards that ask the bench for the time get it. */
export const timeServer: Check = {
  id: 'time-server',
  title: 'time for boards',
  group: 'host',
  expected: 'the SNTP server of the bench file listens, and tells the right time unless a test wants another',
  remedy: 'Free the UDP port that `ntp.port` names; port 123 needs root or CAP_NET_BIND_SERVICE.',
  needs: [],
  uses: [],
  withinMs: 3_000,
  async run({ parts, config }: CheckContext) {
    const time = await parts.time();
    if (time === undefined || config.ntp === undefined)
      return skipped('the bench tells nobody the time (`ntp` in the bench file)');
    const [first = { skewMs: 0 }] = config.ntp.answers;
    const at = `on ${time.address}`;
    if (!('skewMs' in first))
      return warn(`${at}, and it refuses or keeps silent, as the bench file wants`, { origin: 'config' });
    if (first.skewMs !== 0)
      return warn(`${at}, ${first.skewMs} ms off, as the bench file wants`, { origin: 'config' });
    if (parts.boardConfig.kind === 'serial' && config.ntp.port !== NTP_PORT)
      return warn(`${at}; most firmware asks port ${NTP_PORT} and no other`, {
        origin: 'config',
        remedy: `Write \`ntp.port: ${NTP_PORT}\`, or build the firmware for this port.`,
      });
    return ok(at);
  },
};
