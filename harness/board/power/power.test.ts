import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isHilError } from '../../errors';
import { pluginKind, systemClock, type PowerChoice } from '../../ports';
import * as publicApi from '../../power-plugin';
import type { PowerPlugin, PowerPluginContext } from '../../power-plugin';
import { ManualClock } from '../__fixtures__/manual-clock';
import { openPower } from './open-power';
import { runProgram } from './run-program';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-power-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
};

/** Stands for a switch: notes how it was called. */
const noting = (rest = ''): string => fileOf('switch.sh', `#!/bin/sh\necho "$@" >> "$0.log"\n${rest}\n`);
const notes = (path: string): string => readFileSync(`${path}.log`, 'utf8');

const times = { offMs: 0, timeoutMs: 5000 };
const cycle = (choice: PowerChoice, plugins: readonly string[] = []): Promise<void> =>
  openPower({ board: 'b1', choice, plugins, clock: systemClock }).cycle();

const thrownBy = async (work: Promise<unknown>): Promise<Error & { code?: string }> => {
  const thrown: unknown = await work.then(() => undefined).catch((cause: unknown) => cause);
  if (isHilError(thrown)) return thrown;
  throw new Error('expected an error of ours', { cause: thrown });
};

describe('runProgram', () => {
  it('hands arguments on as they are, without a shell', async () => {
    const program = noting();
    await runProgram([program, 'a b', '$HOME', '*;'], { timeoutMs: 5000, clock: systemClock });
    expect(notes(program)).toBe('a b $HOME *;\n');
  });

  it('tells how a program ended, with the last line of its complaint', async () => {
    const program = noting('echo fine; echo warning >&2; echo "no hub at 1-1" >&2; exit 3');
    const thrown = await thrownBy(runProgram([program, '-p', '2'], { timeoutMs: 5000, clock: systemClock }));
    expect(thrown).toMatchObject({ code: 'HIL_POWER_FAILED', facts: { argv: [program, '-p', '2'] } });
    expect(thrown.message).toContain(
      '-p 2" that switches the power ended with exit code 3; it wrote "no hub at 1-1".',
    );
  });

  it('tells a program that is not there', async () => {
    const thrown = await thrownBy(
      runProgram([join(folder, 'none')], { timeoutMs: 5000, clock: systemClock }),
    );
    expect(thrown.message).toContain('did not start: spawn');
  });

  it('kills a program that takes too long with what it started', async () => {
    const program = noting('sleep 60');
    const clock = new ManualClock();
    const running = thrownBy(runProgram([program], { timeoutMs: 1000, clock }));
    clock.advance(1000);
    expect((await running).message).toContain('did not end within 1000 ms');
  });

  it('does not wait for what a program leaves behind', async () => {
    const program = noting('( sleep 3; touch "$0.over" ) & exit 0');
    await runProgram([program], { timeoutMs: 5000, clock: systemClock });
    expect(existsSync(`${program}.over`)).toBe(false);
  });
});

describe('openPower', () => {
  it('calls uhubctl once for off and on', async () => {
    const program = noting();
    await cycle({ kind: 'uhubctl', ...times, offMs: 1500, program, location: '1-1.4', port: 2 });
    expect(notes(program)).toBe('-l 1-1.4 -p 2 -a cycle -d 2\n');
  });

  it('calls one command that cycles, or two that switch', async () => {
    const program = noting();
    await cycle({ kind: 'cycle-command', ...times, cycle: [program, 'cycle', '3'] });
    await cycle({ kind: 'switch-command', ...times, off: [program, 'off'], on: [program, 'on'] });
    expect(notes(program)).toBe('cycle 3\noff\non\n');
  });

  /** Starts a cycle whose off time never ends by itself; `exit` is what the end of this process would run. */
  const offFor = (program: string, clock: ManualClock) => {
    const before = new Set(process.listeners('exit'));
    const choice = { kind: 'switch-command', off: [program, 'off'], on: [program, 'on'] } as const;
    const timing = { offMs: 60_000, timeoutMs: 5_000 };
    const cycling = openPower({ board: 'b1', choice: { ...choice, ...timing }, plugins: [], clock }).cycle();
    const added = () => process.listeners('exit').filter((listener) => !before.has(listener));
    return { cycling, added, exit: () => added().forEach((listener) => listener.call(process, 0)) };
  };

  it('switches on again where the process exits while the board is off', async () => {
    const program = noting();
    const clock = new ManualClock();
    const isOff = new Promise<void>((resolve) => {
      const after = clock.after.bind(clock);
      jest.spyOn(clock, 'after').mockImplementation((delayMs, run) => {
        if (delayMs === 60_000) resolve();
        return after(delayMs, run);
      });
    });
    const { cycling, added, exit } = offFor(program, clock);
    await isOff;
    exit();
    expect(notes(program)).toBe('off\non\n');
    clock.advance(60_000);
    await cycling;
    expect(added()).toEqual([]);
  });

  it('switches on again where the process exits while it is being switched off, which is over then', async () => {
    const program = noting('[ "$1" = on ] || sleep 60');
    const { cycling, added, exit } = offFor(program, new ManualClock());
    exit();
    expect(notes(program)).toMatch(/on\n$/);
    expect((await thrownBy(cycling)).message).toContain('ended with SIGKILL');
    expect(added()).toEqual([]);
  });

  it('switches on again when switching off failed', async () => {
    const program = noting('[ "$1" = on ]');
    const switching = cycle({ kind: 'switch-command', ...times, off: [program, 'off'], on: [program, 'on'] });
    expect((await thrownBy(switching)).message).toContain(
      'off" that switches the power ended with exit code 1',
    );
    expect(notes(program)).toBe('off\non\n');
  });
});

describe("a power switch of a team's own", () => {
  const relay = (body: string): string =>
    fileOf('relay.js', `module.exports = { name: 'relay', async cycle(context) { ${body} } };`);
  const choice = { kind: 'plugin', ...times, offMs: 700, plugin: 'relay', options: { pin: 3 } } as const;

  it('is declared by definePower, and told from the other kinds of plugin', () => {
    const plugin: PowerPlugin = { name: 'relay', cycle: () => Promise.resolve() };
    expect(publicApi.definePower(plugin)).toBe(plugin);
    expect(pluginKind(plugin)).toBe('power');
  });

  it('is told the board, what the bench file says, and how long to stay off', async () => {
    const path = relay('globalThis.relayWasTold = context;');
    await cycle(choice, [path]);
    const { board, options, offMs, signal } = (globalThis as unknown as { relayWasTold: PowerPluginContext })
      .relayWasTold;
    expect({ board, options, offMs, isAborted: signal.aborted }).toEqual({
      board: 'b1',
      options: { pin: 3 },
      offMs: 700,
      isAborted: false,
    });
  });

  it('says what it threw', async () => {
    const thrown = await thrownBy(cycle(choice, [relay("throw new Error('relay is stuck');")]));
    expect(thrown).toMatchObject({
      code: 'HIL_POWER_FAILED',
      message: 'The plugin relay that switches the power of board b1 failed: relay is stuck.',
    });
  });

  it('is told to stop, and not waited for, when its time is over', async () => {
    const path = relay(
      'await new Promise(() => { context.signal.onabort = () => { globalThis.relayStopped = true; }; });',
    );
    const clock = new ManualClock();
    const power = openPower({ board: 'b1', choice, plugins: [path], clock });
    const late = thrownBy(power.cycle());
    clock.advance(5000);
    expect((await late).message).toContain('did not end within 5000 ms');
    expect(globalThis).toMatchObject({ relayStopped: true });
  });

  it('is written as docs/resetting.md shows it', async () => {
    const page = readFileSync(join(__dirname, '../../../docs/resetting.md'), 'utf8');
    const [, source = ''] = /```js\n([^]*?)```/.exec(page) ?? [];
    const module: { exports: unknown } = { exports: undefined };
    const asked: string[] = [];
    const fetch = (url: string, { method }: { readonly method: string }) => {
      asked.push(`${method} ${url}`);
      return Promise.resolve();
    };
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a module of another project
    const load = new Function('require', 'module', 'fetch', source) as (...args: unknown[]) => void;
    load((name: string) => (name === 'earshot/power' ? publicApi : undefined), module, fetch);
    const { signal } = new AbortController();
    const context = { board: 'b1', options: { pin: 3 }, offMs: 0, clock: systemClock, signal };
    await (module.exports as PowerPlugin).cycle(context);
    expect(asked).toEqual(['POST http://relay.lab/pins/3/off', 'POST http://relay.lab/pins/3/on']);
  });

  it('is not found under another name', () => {
    const open = () =>
      openPower({
        board: 'b1',
        choice: { ...choice, plugin: 'rely' },
        plugins: [relay('')],
        clock: systemClock,
      });
    expect(open).toThrow('No plugin switches the power as rely; there is relay.');
  });
});
