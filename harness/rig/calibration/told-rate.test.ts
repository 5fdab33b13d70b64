import { RigError } from '../../errors';
import { toldRateLine } from './told-rate';

const ended = (foundHz: number): RigError =>
  new RigError('HIL_RIG_WRONG_RATE', `Rig lab should run at 48000 Hz, and its card delivers ${foundHz}.`, {
    expectedHz: 48_000,
    foundHz,
  });

it('names the usual rate that a card ended its rig by', () => {
  expect(toldRateLine(ended(44_103))).toMatchObject({
    check: 'rate',
    status: 'fail',
    fault: 'wrong-rate',
    text: expect.stringContaining('44100 Hz') as string,
  });
});

it('quotes the rig where the rate is no usual one, and says nothing of other ends', () => {
  expect(toldRateLine(ended(17_884))).toMatchObject({
    fault: 'wrong-rate',
    text: expect.stringContaining('17884') as string,
  });
  expect(toldRateLine(new RigError('HIL_RIG_STALLED', 'gone', {}))).toBeUndefined();
  expect(toldRateLine(new Error('HIL_RIG_WRONG_RATE'))).toBeUndefined();
});
