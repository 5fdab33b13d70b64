import type { ConsoleLine } from '../ports';
import { clockLinesBefore } from './clock-lines';

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
