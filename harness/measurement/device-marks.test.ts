import type { BoardEvent, ConsoleLine, MarkerEvent, TurnRecord } from '../ports';
import { simulatedConsole, simulatedLinks } from './__fixtures__/simulated-console';
import { TurnConsole } from './device-marks';

const { abs, floor } = Math;

/** `esp_timer` began this much after the log's counter: stamps of markers have another zero. */
const TIMER_ZERO_MS = 900;

interface Marked {
  readonly marker: MarkerEvent;
  readonly line: ConsoleLine;
  readonly truthAtHostMs: number;
}

/** Markers in microseconds among a log of 10 ms ticks, on one wire. */
function turnOf(seed: number, count: number, link: keyof typeof simulatedLinks = 'cp2102') {
  const simulated = simulatedConsole({
    seed,
    link: simulatedLinks[link],
    tickMs: 0.001,
    ppm: 30,
    lines: 2 * count,
    everyMs: 150,
  });
  const marked: Marked[] = [];
  const lines = simulated.map(({ line, loggedAtHostMs }, index): ConsoleLine => {
    const { deviceAtMs = 0, ...bare } = line;
    if (index % 2 === 0) return { ...line, deviceAtMs: floor(deviceAtMs / 10) * 10 };
    const { hostAtMs, boot, byteOffset } = line;
    const deviceAtUs = floor((deviceAtMs - TIMER_ZERO_MS) * 1000);
    const marker: MarkerEvent = {
      type: 'marker',
      marker: 'pong',
      deviceAtUs,
      number: marked.length,
      fields: {},
      byteOffset,
      hostAtMs,
      boot,
      lineIndex: line.index,
    };
    marked.push({ marker, line: bare, truthAtHostMs: loggedAtHostMs });
    return bare;
  });
  return { lines, marked };
}

const consoleOf = (
  lines: readonly ConsoleLine[],
  boardEvents: readonly BoardEvent[],
  link: keyof typeof simulatedLinks = 'cp2102',
  clockMarkers?: readonly MarkerEvent[],
) =>
  new TurnConsole({
    consoleLines: lines,
    consoleLink: simulatedLinks[link].link,
    boardEvents,
    ...(clockMarkers === undefined ? {} : { clockMarkers }),
  } as unknown as TurnRecord);

describe('the instants of markers', () => {
  it.each(['cp2102', 'usb', 'ftdi'] as const)(
    'are within 2 u of the truth in 95 %% at least, beside a log with another zero: %s',
    (link) => {
      let all = 0;
      let covered = 0;
      let markerErrors: number[] = [];
      for (let seed = 1; all < 1200; seed += 1) {
        const { lines, marked } = turnOf(seed, 40, link);
        const events = marked.map(({ marker }) => marker);
        for (const mark of consoleOf(lines, events, link).deviceMarks()) {
          const truth = marked.find(({ marker }) => marker.lineIndex === mark.lineIndex)!;
          const error = abs(mark.hostAtMs - truth.truthAtHostMs);
          all += 1;
          markerErrors = [...markerErrors, error];
          if (error <= 2 * mark.uncertaintyMs) covered += 1;
        }
      }
      expect(covered / all).toBeGreaterThanOrEqual(0.95);
      if (link === 'ftdi') return;
      // The log's tick of 10 ms leaves 2.9 ms on average.
      expect(markerErrors.sort((a, b) => a - b)[floor(all / 2)]).toBeLessThan(1);
    },
  );

  it('are known in a turn with few markers by those before it', () => {
    const { lines, marked } = turnOf(3, 40);
    const events = marked.map(({ marker }) => marker);
    const [before, ofTurn] = [events.slice(0, 35), events.slice(35)];
    const of = (clockMarkers?: readonly MarkerEvent[]) =>
      consoleOf(lines, ofTurn, 'cp2102', clockMarkers).deviceMarks();
    expect(of()).toEqual([]);
    expect(of(before)).toHaveLength(5);
  });

  it('are not taken from a line whose arrival is another one’s', () => {
    const { lines, marked } = turnOf(4, 20);
    const events = marked.map(({ marker }): MarkerEvent => ({ ...marker, midLine: true }));
    expect(consoleOf(lines, events).deviceMarks()).toEqual([]);
  });

  it('leave the clock of the log as it is', () => {
    const { lines, marked } = turnOf(5, 40);
    const events = marked.map(({ marker }) => marker);
    expect(consoleOf(lines, events).tickMsOf(1)).toBe(10);
  });
});
