import { BoardError, ConfigError, HilError, ProviderError, RigError } from '../errors';
import { exitCodeOfError } from './exit-codes';

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
