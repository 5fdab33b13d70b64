import { join } from 'node:path';
import { childEnvironment, readEnvironment, setEnvironment } from './environment';

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
