import { BoardError, ConfigError, HilError, ProviderError, RigError } from '../errors';
import { exitCodeOfError, firstExitCode } from './exit-codes';

describe('exitCodeOfError', () => {
  it.each([
    [new BoardError('HIL_BOARD_NO_BOOT', ''), 1],
    [new ConfigError('HIL_CONFIG_INVALID', ''), 2],
    [new BoardError('HIL_BOARD_PORT_BUSY', ''), 3],
    [new RigError('HIL_RIG_LINK_LOST', ''), 3],
    [new HilError('HIL_HOST_DIED', ''), 3],
    [new ProviderError('HIL_PROVIDER_DIED', ''), 4],
    [new TypeError('a bug of ours must not read as a failed board'), 3],
    ['thrown text', 3],
  ])('%s', (error, code) => {
    expect(exitCodeOfError(error)).toBe(code);
  });
});

it.each([
  [[0, 5, 4, 3, 1, 130, 2], 2],
  [[0, 5, 4, 3, 1, 130], 130],
  [[3, 1], 1],
  [[5, 4, 3], 3],
  [[0, 5, 4], 4],
  [[0, 5], 5],
  [[0, 0], 0],
  [[], 5],
] as const)('%j ends with %d', (codes, code) => {
  expect(firstExitCode(codes)).toBe(code);
});
