import { BootCounter } from './boot-counter';

/** Boot numbers of lines, each with the banners up to it and its stamp. */
function bootsOf(...lines: readonly (readonly [banners: number, deviceAtMs?: number])[]): number[] {
  const counter = new BootCounter();
  return lines.map(([banners, deviceAtMs]) => counter.next(banners, deviceAtMs));
}

describe('BootCounter', () => {
  it('counts banners once although the clock falls back with them', () => {
    expect(bootsOf([0, 90_000], [1], [1, 27], [1, 5000], [2], [2, 27])).toEqual([0, 1, 1, 1, 2, 2]);
  });

  it('counts a boot without a banner by its clock, and goes on from there', () => {
    expect(bootsOf([1, 90_000], [1], [1, 27], [1], [1, 5000], [2], [2, 27])).toEqual([1, 1, 2, 2, 2, 3, 3]);
  });

  it('does not take the wrap of the counter after 49.7 days for a boot', () => {
    const wrap = 2 ** 32;
    expect(bootsOf([1, wrap - 900], [1, 40], [1, 5000])).toEqual([1, 1, 1]);
    expect(bootsOf([1, wrap - 900_000], [1, 40], [1, 5000])).toEqual([1, 2, 2]);
  });

  it('takes stamps of two cores that are a little out of order for one boot', () => {
    expect(bootsOf([1, 5000], [1, 4990], [1, 5010], [1, 4010])).toEqual([1, 1, 1, 1]);
  });

  it('counts a soft reset of MicroPython, which prints neither banner nor stamp', () => {
    const counter = new BootCounter();
    const boots = [
      '=== 启动系统 ===',
      'MPY: soft reboot',
      'x',
      '>>> MPY: soft reboot',
      "'MPY: soft reboot'",
    ].map((text) => counter.next(1, undefined, text));
    expect(boots).toEqual([1, 2, 2, 3, 3]);
  });
});
