import { distributionOf } from '../../measurement';
import { latencyChart } from './latency-chart';

interface DrawnLine {
  readonly x: number;
  readonly topY: number;
  readonly labelY: number;
  /** Ends of the label, at seven units a character. */
  readonly label: readonly [number, number];
}

function linesOf(valuesMs: readonly number[]): DrawnLine[] {
  const measured = valuesMs.map((valueMs) => ({ state: 'measured', valueMs, uncertaintyMs: 1 }) as const);
  const svg = latencyChart({
    distribution: distributionOf(measured),
    budgets: [],
    title: 'voice-to-voice',
  }).text;
  const drawn =
    /<g class="line quantile">\s*<line x1="([\d.]+)"[^>]*? y1="([\d.]+)"[^>]*>\s*<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)"\s*>([^<]+)</g;
  return [...svg.matchAll(drawn)].map(([, x, topY, textX, labelY, anchor, label = '']) => {
    const width = label.length * 7;
    const left = Number(textX) - (anchor === 'end' ? width : 0);
    return { x: Number(x), topY: Number(topY), labelY: Number(labelY), label: [left, left + width] };
  });
}

describe('latencyChart', () => {
  it.each([
    ['close together at the right', [100, ...Array.from({ length: 26 }, (_, index) => 600 + index)]],
    ['close together in the middle', [...Array.from({ length: 26 }, (_, index) => 500 + index), 900]],
    ['far apart', Array.from({ length: 27 }, (_, index) => 400 + index * 20)],
  ])('draws no line through the label of another: quantiles that stand %s', (_name, valuesMs) => {
    const lines = linesOf(valuesMs);
    expect(lines).toHaveLength(3);
    const struck = lines.filter(({ label: [from, to], labelY }) =>
      lines.some(({ x, topY }) => x > from && x < to && topY < labelY),
    );
    expect(struck).toEqual([]);
  });
});
