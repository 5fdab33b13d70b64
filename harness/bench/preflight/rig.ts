import { fail, ok, skipped, type Check, type CheckContext } from './check';
import { withoutProvider } from './without-provider';

/** The sound card is there and captures. */
export const rig: Check = {
  id: 'rig',
  title: 'audio rig',
  group: 'sound',
  expected: 'the rig of the bench file opens, and samples come from it',
  remedy: 'Plug the sound card in, and name it in `rig` of the bench file as `earshot devices` lists it.',
  needs: [],
  uses: ['rig'],
  withinMs: 10_000,
  beforeRuns: true,
  beforeSuites: true,
  async run({ parts }: CheckContext) {
    const lost = await withoutProvider(parts);
    if (lost !== undefined) return lost;
    const open = await parts.rig();
    if (open === undefined) return skipped('the board is asked in writing and needs none');
    const { name, rateHz, roles, topology, card } = open;
    const from = open.position;
    const slice = await open.capture(from, from + Math.round(rateHz / 10));
    if (slice.channels.length !== roles.length)
      return fail(
        `${name} gives ${slice.channels.length} channels; ${roles.length} are needed: ${roles.join(', ')}`,
      );
    const what = card === undefined ? name : `${card.name} (${card.stableId})`;
    return ok(`${what}: ${topology}, ${rateHz} Hz, ${roles.join(' and ')}`, {
      card,
      rateHz,
      roles,
      topology,
    });
  },
};
