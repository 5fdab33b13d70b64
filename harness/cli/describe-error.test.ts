import { BoardError } from '../errors';
import { describeError } from './describe-error';

describe('describeError', () => {
  it('says what happened, the causes, what is near and what to do', () => {
    const cause = new Error('ENOENT');
    const error = new BoardError('HIL_BOARD_PORT_MISSING', 'No port.', { near: ['/dev/ttyUSB0'] }, { cause });
    expect(describeError(error).split('\n')).toEqual([
      'No port.',
      '  code    HIL_BOARD_PORT_MISSING (bench)',
      '  cause   ENOENT',
      '  near    /dev/ttyUSB0',
      `  remedy  ${error.remedy}`,
    ]);
  });

  it('keeps the stack of a bug of ours and asks to report it', () => {
    expect(describeError(new TypeError('x is not a function'))).toMatch(/TypeError: x is not[\s\S]*report/);
  });
});
