/** Position of a value on an axis, in SVG units. */
export type Scale = (value: number) => number;

/** Maps [fromValue, toValue] to [fromAt, toAt]; SVG units come out with two digits. */
export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const span = domain[1] - domain[0] || 1;
  return (value) => {
    const at = range[0] + ((value - domain[0]) / span) * (range[1] - range[0]);
    return Math.round(at * 100) / 100;
  };
}

/** 1, 2 or 5 times a power of ten: the step that cuts `span` into at most `most` pieces. */
export function niceStep(span: number, most: number): number {
  const rough = Math.max(span, 1e-9) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough) ?? 10;
  return factor * power;
}

/** Round values inside a domain, `most` at most, ascending. */
export function ticks([from, to]: readonly [number, number], most: number): number[] {
  const step = niceStep(to - from, most);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}
