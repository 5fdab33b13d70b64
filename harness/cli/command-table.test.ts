import { resolve } from 'node:path';
import yargs from 'yargs/yargs';
import { virtualFaults } from '../bench';
import { addCommands, faultChoices } from './command-table';
import { defaultBench } from './commands/run';

const parse = async (args: readonly string[]): Promise<unknown> =>
  addCommands(yargs([...args]), () => undefined)
    .strict()
    .exitProcess(false)
    .fail((message, error: Error | undefined) => {
      throw error ?? new Error(message);
    })
    .parseAsync();

it('takes the bench of the environment where none is named, and the virtual one where there is none either', () => {
  const { HIL_BENCH: before } = process.env;
  try {
    process.env.HIL_BENCH = 'lab/bench.yaml';
    expect(defaultBench()).toBe(resolve('lab/bench.yaml'));
    process.env.HIL_BENCH = '';
    expect(defaultBench()).toMatch(/fixtures.benches.virtual\.yaml$/);
  } finally {
    if (before === undefined) delete process.env.HIL_BENCH;
    else process.env.HIL_BENCH = before;
  }
});

describe('command table', () => {
  it('offers exactly the faults that a bench has', () => {
    expect([...faultChoices].sort()).toEqual(Object.keys(virtualFaults).sort());
  });

  it.each([
    [['run', '--fualt', 'dead-mic'], /fualt/],
    [['run', '--fault', 'dead-mike'], /dead-mike/],
    [['run', '--turns', '0'], /--turns/],
    [['run', '--turns', '2.5'], /--turns/],
    [['run', '--turns', 'many'], /--turns/],
    [['run', '--ab', 'a.bin'], /ab/],
    [['run', '--block', '8'], /--block says how long the blocks of --ab are/],
    [['run', '--ab', 'a.bin', 'b.bin', '--baseline', 'c.json'], /without --baseline/],
    [['run', '--margin', '20'], /--margin and --despite say/],
    [['run', '--snr', '99'], /--snr takes a number from -20 to 60/],
    [['run', '--rt60', 'much'], /--rt60/],
    [['run', '--provider', 'lvie:openai'], /lvie/],
    [['rnu'], /rnu/],
    [['provider', '--protocol', 'sparkle'], /sparkle/],
    [['provider', '--fault', 'flood'], /flood/],
    [['provider', '--dialect', 'alpha'], /alpha/],
    [['provider', '--protocol', 'spark', '--dialect', 'beta'], /spark has none/],
    [['provider', '--tls-port', '8443'], /--tls-port needs --tls/],
    [['provider', '--tls', '--tls-port', '0'], /--tls-port/],
    [['certs', '--days', '0'], /--days/],
    [['certs', '--host', 'a b'], /a b/],
  ])('refuses %j', async (args, message) => {
    await expect(parse(args)).rejects.toThrow(message);
  });
});
