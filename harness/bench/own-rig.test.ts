import { loadBench } from '../config';
import { systemClock } from '../ports';
import { audioRigContract } from '../rig/audio-rig.contract';
import { openCardRig } from './open-rig';

/** Of each board of the bench that HIL_BENCH names, if it has a sound card. */
const path = process.env['HIL_BENCH'];
const rigs = (path === undefined ? [] : loadBench(path).boards).flatMap(({ name, rig }) =>
  rig === undefined || rig.kind === 'virtual' ? [] : [{ name, rig }],
);

if (rigs.length === 0)
  describe.skip('rigs of the bench (skipped: HIL_BENCH names no bench with a sound card)', () =>
    it('keep the contract', () => undefined));
for (const { name, rig } of rigs)
  audioRigContract(`the rig of board ${name}`, () => openCardRig(`${name} rig`, rig, systemClock));
