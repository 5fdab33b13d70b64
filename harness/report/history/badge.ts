import { measures } from '../../measurement';
import type { Outcome } from '../../verdict';
import { html } from '../html/markup';
import { outcomeInWords } from '../wording';
import type { Trend } from './releases';

/** About as wide as a character of 11 px is. */
const CHARACTER = 6.6;
const PADDING = 8;

/** Contrast of white on each at least 4.5 to 1. */
const colours: Readonly<Record<Outcome, string>> = {
  pass: '#16723f',
  fail: '#b81d2e',
  inconclusive: '#7a5200',
  'not-judged': '#4d5766',
  aborted: '#4d5766',
};

/** A badge for a README: the newest release's median and outcome. SVG text; `no runs` without a trend. */
export function renderBadge(trend: Trend | undefined): string {
  const release = trend?.releases.at(-1);
  const medianMs = release?.distribution.p50?.valueMs;
  const left = trend === undefined ? 'earshot' : measures[trend.measure].title;
  const figure = medianMs !== undefined && Number.isFinite(medianMs) ? `${medianMs.toFixed(0)} ms · ` : '';
  const right = release === undefined ? 'no runs' : `${figure}${outcomeInWords[release.outcome]}`;
  const [leftWidth, rightWidth] = [left, right].map((text) =>
    Math.round(text.length * CHARACTER + 2 * PADDING),
  ) as [number, number];
  const width = leftWidth + rightWidth;
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    width="${width}"
    height="20"
    role="img"
    aria-label="${left}: ${right}"
  >
    <title>${left}: ${right}</title>
    <rect width="${leftWidth}" height="20" rx="3" fill="#3a4150" />
    <rect
      x="${leftWidth}"
      width="${rightWidth}"
      height="20"
      rx="3"
      fill="${colours[release?.outcome ?? 'not-judged']}"
    />
    <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
      <text x="${leftWidth / 2}" y="14">${left}</text>
      <text x="${leftWidth + rightWidth / 2}" y="14">${right}</text>
    </g>
  </svg> `.text;
}
