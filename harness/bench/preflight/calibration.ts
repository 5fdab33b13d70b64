import { calibrationFor } from '../rig-calibration';
import { ok, skipped, warn, type Check, type CheckContext } from './check';

const DAY_MS = 86_400_000;

/** The stored calibration is this card's, and not too old. */
export const calibration: Check = {
  id: 'calibration',
  title: 'calibration of the rig',
  group: 'sound',
  expected: 'the rig was calibrated, with this very card and not too long ago',
  remedy: 'Run `earshot calibrate`; after another card was plugged in on purpose, too.',
  needs: ['rig'],
  uses: ['rig'],
  withinMs: 2_000,
  async run({ parts, config, machine }: CheckContext) {
    const rig = await parts.rig();
    if (rig === undefined) return skipped('the board is asked in writing');
    if (rig.topology === 'virtual') return skipped('a virtual rig has nothing to be calibrated');
    const nowMs = machine.unixNowMs();
    const { used, warnings } = calibrationFor(config, parts.boardConfig, rig, new Date(nowMs).toISOString());
    const [doubt] = warnings;
    if (doubt !== undefined) return warn(doubt);
    if (used === undefined) return warn(`${rig.name} was never calibrated`);
    const { measuredAt, roundTrip, card } = used;
    const days = Math.floor((nowMs - Date.parse(measuredAt)) / DAY_MS);
    const trip =
      roundTrip === undefined
        ? ''
        : `, round trip ${roundTrip.ms.toFixed(2)} ± ${roundTrip.uncertaintyMs.toFixed(2)} ms`;
    const age = days === 0 ? 'today' : `${days} ${days === 1 ? 'day' : 'days'} ago`;
    return ok(`${card.name}, ${age}${trip}`, { measuredAt, card });
  },
};
