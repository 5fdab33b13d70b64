import { isHilError } from '../../errors';
import { wrongRateText } from './channel-map';
import { faultLine, type RigCheckLine } from './rig-check';
import { wrongRateOfBoth } from './wrong-rate';

/**
 * What a rig that ended over its rate has told of it, as a line: a card that is 8 % off ends its rig within seconds, ahead of whoever
 * looks longer.
 * @param thrown - Why a look at the rig broke off.
 * @returns Undefined when it was over something else.
 */
export function toldRateLine(thrown: unknown): RigCheckLine | undefined {
  if (!isHilError(thrown) || thrown.code !== 'HIL_RIG_WRONG_RATE') return undefined;
  const { expectedHz, foundHz } = thrown.facts;
  const wrong =
    typeof expectedHz === 'number' && typeof foundHz === 'number'
      ? wrongRateOfBoth(expectedHz, foundHz)
      : undefined;
  return faultLine('rate', 'fail', 'wrong-rate', wrong === undefined ? thrown.message : wrongRateText(wrong));
}
