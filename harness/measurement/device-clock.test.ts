import type { ConsoleLine } from '../ports';
import { BootCounter } from '../board/console/boot-counter';
import { DeviceClocks } from './device-clock';
import {
  simulatedConsole,
  simulatedLinks,
  type SimulatedConsoleOptions,
} from './__fixtures__/simulated-console';

const { abs } = Math;

const linesOf = (options: SimulatedConsoleOptions): ConsoleLine[] =>
  simulatedConsole(options).map(({ line }) => line);
const clocksOf = (lines: readonly ConsoleLine[], name: keyof typeof simulatedLinks = 'cp2102') =>
  DeviceClocks.of(lines, simulatedLinks[name].link);

const turn = { lines: 30, everyMs: 300 };
const run = { lines: 600, everyMs: 1500 };
const dump = { bytes: 2500, everyLines: 9 };

/** A console as the line store numbers it: boots by banners and by a clock that falls back. */
function numbered(lines: readonly ConsoleLine[]): ConsoleLine[] {
  const counter = new BootCounter();
  return lines.map((line) => ({ ...line, boot: counter.next(1, line.deviceAtMs) }));
}

describe('the clock of a board', () => {
  it.each([
    ['FTDI, 1 ms stamps, a turn', 'ftdi', { tickMs: 1, ...turn }],
    ['FTDI, 10 ms ticks, a turn', 'ftdi', { tickMs: 10, ...turn }],
    ['FTDI, 10 ms ticks, a run with dumps', 'ftdi', { tickMs: 10, ...run, dump }],
    ['FTDI, 1 ms stamps, a run with dumps', 'ftdi', { tickMs: 1, ...run, dump }],
    ['UART bridge, 1 ms stamps, a turn', 'cp2102', { tickMs: 1, ...turn }],
    ['UART bridge, 10 ms ticks, a turn with dumps', 'cp2102', { tickMs: 10, ...turn, dump }],
    ['native USB, 10 ms ticks, a run', 'usb', { tickMs: 10, ...run }],
    ['native USB, 1 ms stamps, few lines', 'usb', { tickMs: 1, lines: 12, everyMs: 400 }],
  ] as const)(
    'says when a line was logged, within 2 u in 95 %% of the lines at least: %s',
    (_name, name, of) => {
      let lines = 0;
      let covered = 0;
      for (let seed = 1001; lines < 2400; seed++) {
        const ppm = ((seed * 37) % 201) - 100;
        const simulated = simulatedConsole({ seed, link: simulatedLinks[name], ppm, ...of });
        const clocks = clocksOf(
          simulated.map(({ line }) => line),
          name,
        );
        expect(clocks.clocks).toHaveLength(1);
        expect(clocks.clocks[0]?.tickMs).toBe(of.tickMs);
        for (const { line, loggedAtHostMs } of simulated) {
          const { hostAtMs, uncertaintyMs } = clocks.instantOf(line);
          lines += 1;
          if (abs(hostAtMs - loggedAtHostMs) <= 2 * uncertaintyMs) covered += 1;
        }
      }
      expect(covered / lines).toBeGreaterThanOrEqual(0.95);
    },
  );

  it('beats the arrival where an adapter holds lines back, and leaves it where it is better', () => {
    const errors = (name: 'ftdi' | 'usb', tickMs: number) => {
      const simulated = simulatedConsole({ seed: 5, link: simulatedLinks[name], ppm: 40, tickMs, ...run });
      const clocks = clocksOf(
        simulated.map(({ line }) => line),
        name,
      );
      const instants = simulated.map(({ line, loggedAtHostMs }) => ({
        ...clocks.instantOf(line),
        loggedAtHostMs,
        arrivedAtMs: line.hostAtMs,
      }));
      const rms = (of: (one: (typeof instants)[number]) => number): number =>
        Math.sqrt(instants.reduce((sum, one) => sum + of(one) ** 2, 0) / instants.length);
      return {
        byDevice: instants.filter(({ stampedBy }) => stampedBy === 'device').length / instants.length,
        mapped: rms(({ hostAtMs, loggedAtHostMs }) => hostAtMs - loggedAtHostMs),
        arrival: rms(({ arrivedAtMs, loggedAtHostMs }) => arrivedAtMs - loggedAtHostMs),
      };
    };
    const ftdi = errors('ftdi', 1);
    expect(ftdi.byDevice).toBeGreaterThan(0.9);
    expect(ftdi.mapped).toBeLessThan(ftdi.arrival / 8);
    const usb = errors('usb', 10);
    expect(usb.byDevice).toBeLessThan(0.4);
    expect(usb.mapped).toBeLessThan(1.2 * usb.arrival);
  });

  it('finds the drift of a long run', () => {
    for (const ppm of [-100, 0, 100]) {
      const lines = linesOf({ seed: 3, link: simulatedLinks.ftdi, tickMs: 10, ppm, ...run });
      expect(abs(clocksOf(lines, 'ftdi').clocks[0]!.driftPpm - ppm)).toBeLessThan(10);
    }
  });

  it('takes the wire time out of lines that one read brought', () => {
    const options = { seed: 9, link: simulatedLinks.ftdi, tickMs: 1, ppm: 0, lines: 400, everyMs: 4 };
    const simulated = simulatedConsole(options);
    const error = (lines: readonly ConsoleLine[], link: (typeof simulatedLinks)['ftdi' | 'usb']['link']) => {
      const clocks = DeviceClocks.of(lines, link);
      return simulated.map(({ line, loggedAtHostMs }) => clocks.instantOf(line).hostAtMs - loggedAtHostMs);
    };
    const lines = simulated.map(({ line }) => line);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    // The line is never idle here, so every line waits for those before it: only its stamp knows when it was logged.
    expect(abs(mean(error(lines, simulatedLinks.ftdi.link)))).toBeLessThan(
      abs(mean(error(lines, simulatedLinks.usb.link))),
    );
  });

  it('goes on over the wrap of the counter after 49.7 days', () => {
    const options = { seed: 11, link: simulatedLinks.cp2102, tickMs: 10, ppm: 30, lines: 200, everyMs: 500 };
    const simulated = simulatedConsole({ ...options, startMs: 2 ** 32 - 50_000 });
    const lines = numbered(simulated.map(({ line }) => line));
    expect(Math.max(...lines.map(({ deviceAtMs }) => deviceAtMs!))).toBeGreaterThan(2 ** 32 - 1000);
    const clocks = clocksOf(lines);
    expect(clocks.clocks).toHaveLength(1);
    for (const [index, line] of lines.entries()) {
      const { hostAtMs } = clocks.instantOf(line);
      expect(abs(hostAtMs - simulated[index]!.loggedAtHostMs)).toBeLessThan(12);
    }
  });

  it('keeps the clocks of two boots apart, with a banner and without', () => {
    const options = { link: simulatedLinks.cp2102, tickMs: 10, ppm: 50, lines: 60, everyMs: 300 };
    const first = simulatedConsole({ ...options, seed: 21 });
    const second = simulatedConsole({ ...options, seed: 22, startMs: 1200 }).map(
      ({ line, loggedAtHostMs }) => ({
        line: { ...line, hostAtMs: line.hostAtMs + 40_000, byteOffset: line.byteOffset + 100_000 },
        loggedAtHostMs: loggedAtHostMs + 40_000,
      }),
    );
    const both = [...first, ...second];
    const plain = both.map(({ line }) => line);
    const withBanner = [
      ...first.map(({ line }) => line),
      ...second.map(({ line }) => ({ ...line, boot: 2 })),
    ];
    for (const lines of [numbered(plain), withBanner]) {
      const clocks = clocksOf(lines);
      expect(clocks.clocks.map(({ points }) => points)).toEqual([60, 60]);
      for (const [index, line] of lines.entries()) {
        const { hostAtMs } = clocks.instantOf(line);
        expect(abs(hostAtMs - both[index]!.loggedAtHostMs)).toBeLessThan(12);
      }
    }
  });

  it.each([
    ['far ahead', 900_000_000],
    ['a little ahead', 45_000],
    ['far behind', 7],
    ['beyond 32 bits', 2 ** 33],
    ['no number', NaN],
  ])('is not led astray by a number that only looks like a stamp: %s', (_name, stray) => {
    const simulated = simulatedConsole({
      seed: 31,
      link: simulatedLinks.cp2102,
      tickMs: 10,
      ppm: -60,
      ...turn,
    });
    const lines = numbered(
      simulated.map(({ line }, index) => (index === 12 ? { ...line, deviceAtMs: stray } : line)),
    );
    const clocks = clocksOf(lines);
    for (const [index, line] of lines.entries()) {
      const { hostAtMs, stampedBy } = clocks.instantOf(line);
      expect(abs(hostAtMs - simulated[index]!.loggedAtHostMs)).toBeLessThan(12);
      if (index === 12) expect(stampedBy).toBe('host');
    }
  });

  it('does not mix the stamps of the boot loader with those of the scheduler', () => {
    const options = { link: simulatedLinks.cp2102, ppm: 0, seed: 41 };
    const app = simulatedConsole({ ...options, tickMs: 10, ...turn, startMs: 1100 });
    // The early clock is ahead: its CPU ran at another frequency than it divided by.
    const early = simulatedConsole({ ...options, tickMs: 1, lines: 40, everyMs: 20, startMs: 30 }).map(
      ({ line }) => ({ ...line, hostAtMs: line.hostAtMs - 1100 }),
    );
    const [start, ...rest] = app.map(({ line }) => line);
    const lines = [
      ...early,
      { ...start!, text: `I (${start!.deviceAtMs}) main_task: Calling app_main()` },
      ...rest,
    ];
    expect(clocksOf(lines).clocks).toMatchObject([{ points: 30, tickMs: 10 }]);
  });

  it('has no clock from few lines, and then the arrival counts', () => {
    const lines = linesOf({ seed: 51, link: simulatedLinks.usb, tickMs: 10, ppm: 0, lines: 9, everyMs: 300 });
    const clocks = clocksOf(lines, 'usb');
    expect(clocks.clocks).toEqual([]);
    expect(clocks.instantOf(lines[4]!)).toEqual({
      hostAtMs: lines[4]!.hostAtMs,
      uncertaintyMs: Math.hypot(1 / Math.sqrt(3), 0.3),
      stampedBy: 'host',
    });
    expect(DeviceClocks.of([], undefined).clocks).toEqual([]);
  });

  it.each([
    ['of which no map says how late they are', { lines: 9, everyMs: 300 }],
    ['of which a map does', { lines: 60, everyMs: 300 }],
  ])('says honestly how far the arrival of USB lines can be believed %s', (_name, of) => {
    let lines = 0;
    let covered = 0;
    let withinHalf = 0;
    for (let seed = 3001; lines < 2400; seed++) {
      const simulated = simulatedConsole({ seed, link: simulatedLinks.usb, tickMs: 1, ppm: 60, ...of });
      const clocks = clocksOf(
        simulated.map(({ line }) => line),
        'usb',
      );
      for (const { line, loggedAtHostMs } of simulated) {
        const { hostAtMs, uncertaintyMs } = clocks.arrivalOf(line);
        lines += 1;
        if (abs(hostAtMs - loggedAtHostMs) <= 2 * uncertaintyMs) covered += 1;
        if (abs(hostAtMs - loggedAtHostMs) <= 1) withinHalf += 1;
      }
    }
    expect(covered / lines).toBeGreaterThanOrEqual(0.95);
    expect(covered / lines).toBeLessThanOrEqual(0.995);
    // What 0.5 ms, the half of a frame, would have covered: lines are late and never early.
    expect(withinHalf / lines).toBeLessThan(0.9);
  });

  it('knows of a line without a stamp how late lines are', () => {
    const lines = linesOf({ seed: 61, link: simulatedLinks.ftdi, tickMs: 1, ppm: 0, ...run });
    const { index, text, boot, hostAtMs: arrivedAtMs, byteOffset } = lines[100]!;
    const bare = { index, text, boot, hostAtMs: arrivedAtMs, byteOffset };
    const { hostAtMs, uncertaintyMs, stampedBy } = clocksOf(lines, 'ftdi').instantOf(bare);
    expect([hostAtMs, stampedBy]).toEqual([bare.hostAtMs, 'host']);
    // A latency timer of 16 ms holds a line for 8 ms at the median.
    expect(uncertaintyMs).toBeGreaterThan(6);
    expect(uncertaintyMs).toBeLessThan(10);
  });
});
