import type { BoardEvent, ConsoleLine } from '../ports';
import { clockLinesBefore, clockMarkersBefore } from './clock-lines';

const line = (index: number, boot: number, text = `I (${index}) A: x`, stamped = true): ConsoleLine => ({
  index,
  boot,
  text,
  hostAtMs: 1000 + index,
  byteOffset: 40 * index,
  ...(stamped ? { deviceAtMs: index } : {}),
});
const stampsBefore = (lines: readonly ConsoleLine[], first: number): number[] =>
  clockLinesBefore(lines, first).map(({ deviceAtMs }) => deviceAtMs);

describe('lines that show the clock of a board', () => {
  it('are those of the same boot before the turn, and no more of them than a record should carry', () => {
    const lines = [
      line(0, 1),
      line(1, 2),
      line(2, 2, 'Light set to ON', false),
      line(3, 2),
      line(4, 2),
      line(5, 3),
    ];
    expect(stampsBefore(lines, 4)).toEqual([1, 3]);
    const long = Array.from({ length: 200 }, (_, index) => line(index, 1));
    expect(stampsBefore(long, 150)).toEqual(Array.from({ length: 64 }, (_, n) => 86 + n));
  });

  it('begin with the application, since the boot loader has another clock', () => {
    const lines = [line(0, 1), line(1, 1), line(2, 1, 'I (2) main_task: Calling app_main()'), line(3, 1)];
    expect(stampsBefore(lines, 9)).toEqual([2, 3]);
  });

  it('are none where nothing came yet', () => {
    expect(clockLinesBefore([], 0)).toEqual([]);
  });
});

describe('markers that show the clock of a board', () => {
  const marker = (lineIndex: number, boot: number): BoardEvent => ({
    type: 'marker',
    marker: 'pong',
    deviceAtUs: 1000 * lineIndex,
    number: lineIndex,
    fields: {},
    byteOffset: 40 * lineIndex,
    hostAtMs: 1000 + lineIndex,
    boot,
    lineIndex,
  });
  const numbersBefore = (events: readonly BoardEvent[], first: number): number[] | undefined => {
    const lines = Array.from({ length: 200 }, (_, index) => line(index, 2));
    return clockMarkersBefore(events, lines, first).clockMarkers?.map(({ number }) => number);
  };

  it('are those of the same boot before the turn, and no more than a record should carry', () => {
    const ready: BoardEvent = { type: 'session-ready', hostAtMs: 1, boot: 2, lineIndex: 4 };
    expect(numbersBefore([marker(0, 1), marker(3, 2), ready, marker(5, 2), marker(9, 2)], 9)).toEqual([3, 5]);
    const many = Array.from({ length: 150 }, (_, index) => marker(index, 2));
    expect(numbersBefore(many, 150)).toHaveLength(64);
    expect(numbersBefore(many, 150)?.at(-1)).toBe(149);
  });

  it('are not in the record of a board that prints none', () => {
    expect(clockMarkersBefore([], [], 0)).toEqual({});
    expect(numbersBefore([marker(0, 1)], 9)).toBeUndefined();
  });
});
