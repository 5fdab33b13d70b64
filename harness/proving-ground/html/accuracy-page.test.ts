import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { conditions, type Condition } from '../accuracy/conditions';
import { accuracyReport } from '../accuracy/report';
import type { CaseResult } from '../accuracy/try-case';
import { accuracyPage } from './accuracy-page';
import { lineChart } from './chart';

const named = (name: string): Condition => conditions.find((one) => one.name === name)!;
const hostile: Condition = { ...named('white-20'), title: 'a <script>alert("1")</script> & \'b\'' };
const results: CaseResult[] = [0.01, -0.02, 0.3].map((errorMs, index) => ({
  condition: hostile.name,
  index,
  seed: index,
  promptId: 'p',
  replyId: 'r',
  truthMs: 500,
  estimates: { known: { valueMs: 500 + errorMs, uncertaintyMs: 0.02 }, energy: { reason: 'no reply' } },
  parts: {},
}));
const trials = { conditions: [hostile], results };

describe('accuracyPage', () => {
  const page = accuracyPage(accuracyReport(trials, 3), trials);

  it('is well formed, needs no other file and escapes what it is given', () => {
    const body = page.slice(page.indexOf('<main>'), page.indexOf('</body>'));
    expect(XMLValidator.validate(body)).toBe(true);
    expect(page).not.toContain('<script>');
    expect(page).toContain('a &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;b&#39;');
    expect(page).not.toMatch(/(?:src|href)=/);
  });

  it('shows each method, what it found and what it missed', () => {
    expect(page).toContain('0.0200 / 0.272');
    expect(page).toContain('none found');
    expect(page).toContain('<span class="pill missed">missed</span>');
  });
});

describe('lineChart', () => {
  it('places points on its axes and breaks the line where there is no number', () => {
    const svg = lineChart({
      label: 'a "chart"',
      x: { title: 'x', from: 0, to: 4, ticks: [[0, '0']] },
      y: { title: 'y', from: 0.1, to: 10, log: true, ticks: [[1, '1']] },
      series: [
        {
          title: 's',
          name: 'known',
          points: [
            [0, 0.1],
            [1, 10],
            [2, undefined],
            [3, 1],
            [4, 1],
          ],
        },
      ],
    });
    const parsed = new XMLParser({ ignoreAttributes: false }).parse(svg) as {
      svg: { g: { path: { '@_d': string } }; '@_aria-label': string };
    };
    // Left 56, right 596, top 16, bottom 274; a tenth and ten are the ends, one lies in the middle.
    expect(parsed.svg.g.path['@_d']).toBe('M56 274L191 16M461 145L596 145');
    expect(svg).toContain('aria-label="a &quot;chart&quot;"');
  });
});
