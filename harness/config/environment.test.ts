import { join } from 'node:path';
import { childEnvironment, readEnvironment, setEnvironment } from './environment';
import { fleetSettings } from './fleet-settings';

/** No job of a CI server. */
const ciServer = { github: false, githubSummaryPath: undefined, gitlab: false };

describe('readEnvironment', () => {
  it('finds nothing in an empty environment', () => {
    expect(readEnvironment({})).toEqual({ ci: false, ciServer, colour: 'auto', secrets: [] });
  });

  it('reads what is set, paths made absolute', () => {
    const environment = readEnvironment({
      HIL_BENCH: 'my/bench.yaml',
      CI: 'true',
      EARSHOT_HOST: '/tmp/host.sock',
      EARSHOT_BOARD: 'b1',
      EARSHOT_TURNS: '12',
      EARSHOT_REPORTS: '/tmp/reports',
    });
    expect(environment).toMatchObject({
      benchPath: join(process.cwd(), 'my/bench.yaml'),
      ci: true,
      hostAddress: '/tmp/host.sock',
      board: 'b1',
      turns: 12,
      reportsPath: '/tmp/reports',
    });
    expect(Object.isFrozen(environment)).toBe(true);
  });

  it('takes what is set to nothing as not set', () => {
    expect(readEnvironment({ HIL_BENCH: '', EARSHOT_TURNS: ' ', CI: '', NO_COLOR: '' })).toEqual(
      readEnvironment({}),
    );
  });

  it.each([
    [{ CI: '1' }, true],
    [{ CI: 'false' }, false],
    [{ CI: '0' }, false],
  ])('reads CI from %j', (env, ci) => {
    expect(readEnvironment(env).ci).toBe(ci);
  });

  it.each([
    [{ NO_COLOR: '1' }, 'never'],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, 'always'],
    [{ FORCE_COLOR: '0' }, 'never'],
  ])('reads colour from %j', (env, colour) => {
    expect(readEnvironment(env).colour).toBe(colour);
  });

  it.each(['0', '-1', '1.5', 'many', '1e3'])('refuses %s turns', (turns) => {
    expect(() => readEnvironment({ EARSHOT_TURNS: turns })).toThrow(
      `EARSHOT_TURNS is "${turns}"; expected a whole number from 1 to 999999.`,
    );
  });

  it('refuses a variable that is nearly one of ours, and leaves others alone', () => {
    expect(() => readEnvironment({ EARSHOT_TURN: '5' })).toThrow(
      'EARSHOT_TURN is unknown; did you mean EARSHOT_TURNS?',
    );
    expect(readEnvironment({ EARSHOT_HOME: '/x', HIL_OTHER: '1' })).toEqual(readEnvironment({}));
  });
});

describe('childEnvironment', () => {
  it('gives a child what readEnvironment reads back', () => {
    const child = childEnvironment(
      { hostAddress: '/tmp/s', turns: 3, board: undefined },
      { PATH: '/bin', EARSHOT_BOARD: 'x' },
    );
    expect(child.PATH).toBe('/bin');
    expect(readEnvironment(child)).toMatchObject({ hostAddress: '/tmp/s', turns: 3, board: undefined });
  });
});

describe('setEnvironment', () => {
  it('sets and removes variables of this process', () => {
    setEnvironment({ board: 'b9' });
    expect(readEnvironment(process.env).board).toBe('b9');
    setEnvironment({ board: undefined });
    expect(process.env).not.toHaveProperty('EARSHOT_BOARD');
  });
});

describe('fleetSettings', () => {
  it('reads keys by the names that everybody sets, and takes half a pair for none', () => {
    expect(fleetSettings({ AWS_ACCESS_KEY_ID: 'id', EARSHOT_REDIS_PASSWORD: ' ' })).toEqual({ bundles: {} });
    expect(
      fleetSettings({
        AWS_ACCESS_KEY_ID: 'id',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_REGION: 'eu-central-1',
        EARSHOT_BUNDLES_TOKEN: 'token',
        EARSHOT_REDIS_PASSWORD: 'password',
      }),
    ).toEqual({
      redisPassword: 'password',
      bundles: {
        bearer: 'token',
        s3: { accessKeyId: 'id', secretAccessKey: 'secret', region: 'eu-central-1' },
      },
    });
  });

  it('has names that are no misspelt others, and finds those that are nearly these', () => {
    const set = { EARSHOT_REDIS_PASSWORD: 'a', EARSHOT_BUNDLES_TOKEN: 'b' };
    expect(readEnvironment(set)).toEqual(readEnvironment({}));
    expect(() => readEnvironment({ EARSHOT_BUNDLE_TOKEN: 'b' })).toThrow('EARSHOT_BUNDLES_TOKEN');
  });
});
