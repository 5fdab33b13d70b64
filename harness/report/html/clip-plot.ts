import type { PcmClip, SpeechLevels } from '../../audio';
import { msOfSamples } from '../../units';
import { html, trusted, type Markup } from './markup';
import { linearScale, ticks, type Scale } from './scale';
import { style } from './style';

/** Where speech begins and ends; indices of the first and the last speech sample. */
export interface SpeechEnds {
  readonly onsetSample: number;
  readonly offsetSample: number;
}

/** A clip with its annotation, as a person reviews it. */
export interface ReviewedClip {
  readonly id: string;
  readonly transcript: string;
  readonly language: string;
  readonly sound: PcmClip;
  readonly ends: SpeechEnds;
  /** What the manifest says where it says something else. */
  readonly before?: SpeechEnds | undefined;
  readonly levels: SpeechLevels;
  readonly longestPauseMs: number;
  readonly sha256: string;
  /** Bytes of the file, to be played from the page. */
  readonly wav?: Uint8Array;
}

/** Widths in units that come out as pixels: the whole clip, and a zoom, of which two stand side by side. */
const WIDTH = { whole: 1060, zoom: 500 } as const;
const LEFT = 52;
const WAVE = { top: 10, height: 120 } as const;
const LEVEL = { top: 146, height: 110 } as const;
const HEIGHT = 290;
/** What a zoom shows to each side of its end, in milliseconds. */
const ZOOM_MS = 120;
/** Lowest level that is drawn, in dB under the threshold. */
const BELOW_THRESHOLD_DB = 25;
/** Strokes of a waveform; more than a line of pixels has would not be seen. */
const MOST_STROKES = 900;

const { abs, ceil, floor, max, min, round } = Math;

interface View {
  readonly width: number;
  readonly fromSample: number;
  /** Exclusive. */
  readonly toSample: number;
}

/** Right end of the axes. */
const rightOf = ({ width }: View): number => width - 12;

/** Extremes of each stretch as one path of vertical strokes; where strokes outnumber samples, a line through the samples. */
function waveform(samples: Float32Array, view: View, x: Scale): Markup {
  const { fromSample, toSample } = view;
  const shown = samples.subarray(fromSample, toSample);
  let loudest = 1e-6;
  for (const sample of shown) loudest = max(loudest, abs(sample));
  const middle = WAVE.top + WAVE.height / 2;
  const y = (value: number): number => round((middle - (value / loudest) * (WAVE.height / 2 - 2)) * 10) / 10;
  const stretch = max(1, ceil(shown.length / MOST_STROKES));
  const points: string[] = [];
  for (let at = 0; at < shown.length; at += stretch) {
    let low = shown[at] ?? 0;
    let high = low;
    for (let n = at; n < min(at + stretch, shown.length); n++) {
      low = min(low, shown[n] ?? 0);
      high = max(high, shown[n] ?? 0);
    }
    const place = x(fromSample + at + stretch / 2);
    points.push(
      stretch === 1 ? `${at === 0 ? 'M' : 'L'}${place} ${y(high)}` : `M${place} ${y(high)}V${y(low) + 0.6}`,
    );
  }
  return html`<path class="wave" d="${points.join('')}" />
    <text class="tick" x="${LEFT - 8}" y="${WAVE.top + 10}" text-anchor="end"
      >${loudest.toPrecision(2)}</text
    >`;
}

/** Level of each 10 ms frame as a bar, speech and silence apart, against the threshold. */
function levelBars({ levels }: ReviewedClip, view: View, x: Scale): Markup {
  const { levelsDbFs, frameSamples, thresholdDbFs, activeLevelDbFs } = levels;
  const rightEnd = rightOf(view);
  const floorDbFs = thresholdDbFs - BELOW_THRESHOLD_DB;
  const bottom = LEVEL.top + LEVEL.height;
  const y = linearScale([floorDbFs, activeLevelDbFs + 15], [bottom, LEVEL.top]);
  const first = floor(view.fromSample / frameSamples);
  const last = min(levelsDbFs.length, ceil(view.toSample / frameSamples));
  const bars = levelsDbFs.slice(first, last).map((levelDbFs, index) => {
    if (levelDbFs === undefined || levelDbFs <= floorDbFs) return undefined;
    const left = max(LEFT, x((first + index) * frameSamples));
    const right = min(rightEnd, x((first + index + 1) * frameSamples));
    const kind = levelDbFs >= thresholdDbFs ? 'speech-frame' : 'quiet-frame';
    const top = y(levelDbFs);
    return html`<rect
      class="${kind}"
      x="${left}"
      y="${top}"
      width="${max(0.5, right - left - 0.5).toFixed(2)}"
      height="${(bottom - top).toFixed(2)}"
      ><title>${levelDbFs.toFixed(1)} dBFS</title></rect
    >`;
  });
  const line = (dbFs: number, kind: string, label: string): Markup =>
    html`<line class="${kind}" x1="${LEFT}" x2="${rightEnd}" y1="${y(dbFs)}" y2="${y(dbFs)}" />
      <text class="tick" x="${LEFT - 8}" y="${y(dbFs) + 4}" text-anchor="end">${label}</text>`;
  return html`<line class="base" x1="${LEFT}" x2="${rightEnd}" y1="${bottom}" y2="${bottom}" /> ${bars}
    ${line(activeLevelDbFs, 'active', activeLevelDbFs.toFixed(0))}
    ${line(thresholdDbFs, 'threshold', thresholdDbFs.toFixed(0))}`;
}

/** A line through both plots at a boundary between samples. */
const boundary = (atSample: number, view: View, kind: string, x: Scale): Markup | false =>
  atSample >= view.fromSample &&
  atSample <= view.toSample &&
  html`<line
    class="${kind}"
    x1="${x(atSample)}"
    x2="${x(atSample)}"
    y1="${WAVE.top}"
    y2="${LEVEL.top + LEVEL.height}"
  />`;

/** Waveform and levels of a stretch of the clip, with the ends of its speech. */
function plot(clip: ReviewedClip, view: View, label: string): Markup {
  const { sound, ends, before } = clip;
  const ms = (samples: number): number => msOfSamples(samples, sound.rateHz);
  const rightEnd = rightOf(view);
  const x = linearScale([view.fromSample, view.toSample], [LEFT, rightEnd]);
  const atMs = linearScale([ms(view.fromSample), ms(view.toSample)], [LEFT, rightEnd]);
  // Speech is what lies between the boundaries: from the first speech sample's beginning to the last one's end.
  const edges = ({ onsetSample, offsetSample }: SpeechEnds): number[] => [onsetSample, offsetSample + 1];
  const [from, to] = edges(ends).map((sample) => x(min(view.toSample, max(view.fromSample, sample)))) as [
    number,
    number,
  ];
  return html`<svg
    class="chart"
    viewBox="0 0 ${view.width} ${HEIGHT}"
    role="img"
    aria-label="${label} of ${clip.id}"
  >
    <rect
      class="speech"
      x="${from}"
      width="${(to - from).toFixed(2)}"
      y="${WAVE.top}"
      height="${WAVE.height}"
    />
    ${ticks([ms(view.fromSample), ms(view.toSample)], view.width / 80).map(
      (tick) =>
        html`<line
            class="grid"
            x1="${atMs(tick)}"
            x2="${atMs(tick)}"
            y1="${WAVE.top}"
            y2="${LEVEL.top + LEVEL.height}"
          /><text class="tick" x="${atMs(tick)}" y="${LEVEL.top + LEVEL.height + 16}" text-anchor="middle"
            >${Number(tick.toFixed(3))}</text
          >`,
    )}
    ${waveform(sound.samples, view, x)} ${levelBars(clip, view, x)}
    ${(before === undefined ? [] : edges(before)).map((sample) => boundary(sample, view, 'end before', x))}
    ${edges(ends).map((sample) => boundary(sample, view, 'end', x))}
    <text class="tick" x="${LEFT - 8}" y="${LEVEL.top + LEVEL.height}" text-anchor="end">dBFS</text>
    <text class="tick" x="${rightEnd}" y="${HEIGHT - 2}" text-anchor="end">ms</text>
  </svg>`;
}

const around = ({ sound }: ReviewedClip, sample: number): View => {
  const reach = round((sound.rateHz * ZOOM_MS) / 1000);
  return {
    width: WIDTH.zoom,
    fromSample: max(0, sample - reach),
    toSample: min(sound.samples.length, sample + reach),
  };
};

const plotStyle = `
.speech{fill:var(--lane)}.wave{stroke:var(--bar);stroke-width:1;fill:none}
.speech-frame{fill:var(--bar)}.quiet-frame{fill:var(--muted);opacity:.45}
.threshold{stroke:var(--fail);stroke-dasharray:5 4}.active{stroke:var(--muted);stroke-dasharray:2 4}
.end{stroke:var(--pass);stroke-width:2}.end.before{stroke:var(--open);stroke-dasharray:3 3}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:16px}.plots .chart{min-width:420px}
.facts{grid-template-columns:repeat(auto-fit,minmax(150px,1fr))}main{padding-bottom:24px}audio{width:100%;margin-top:10px}`;

const card = (title: string, subtitle: string, content: Markup): Markup =>
  html`<section class="card">
    <div class="card-head">
      <h2>${title}</h2>
      <span class="muted">${subtitle}</span>
    </div>
    <div class="scroll">${content}</div>
  </section>`;

/**
 * A page that shows one clip and where its speech begins and ends: waveform and level in 10 ms frames against the threshold,
 * whole and around both ends. Self-contained: the sound is in the page where its bytes are given.
 */
export function renderClipPlot(clip: ReviewedClip): string {
  const { id, sound, ends, before, levels } = clip;
  const ms = (samples: number): string => msOfSamples(samples, sound.rateHz).toFixed(1);
  const samples = (sample: number): string => `sample ${sample}`;
  const facts: readonly (readonly [string, string, string])[] = [
    ['speech begins', `${ms(ends.onsetSample)} ms`, samples(ends.onsetSample)],
    ['speech ends', `${ms(ends.offsetSample + 1)} ms`, samples(ends.offsetSample)],
    [
      'speech',
      `${ms(ends.offsetSample + 1 - ends.onsetSample)} ms`,
      `longest pause ${clip.longestPauseMs} ms`,
    ],
    [
      'silence after it',
      `${ms(sound.samples.length - ends.offsetSample - 1)} ms`,
      `of ${ms(sound.samples.length)} ms`,
    ],
    [
      'active level',
      `${levels.activeLevelDbFs.toFixed(1)} dBFS`,
      `speech from ${levels.thresholdDbFs.toFixed(1)} dBFS on`,
    ],
    ['sound', `${sound.rateHz} Hz`, `${sound.samples.length} samples, SHA-256 ${clip.sha256.slice(0, 8)}…`],
  ];
  const zoomed = (title: string, sample: number): Markup =>
    card(title, `sample ${sample}, ${ZOOM_MS} ms to each side`, plot(clip, around(clip, sample), title));
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; media-src data:"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${id} · earshot</title>
        <style>
          ${trusted(style + plotStyle)}
        </style>
      </head>
      <body>
        <header class="page-head">
          <div class="brand">
            <span class="logo"></span>earshot<span class="muted">annotation of a clip</span>
          </div>
          <div class="hero">
            <div class="badge"><h1 lang="${clip.language}">${clip.transcript}</h1></div>
            <p class="why">
              ${id}${before !== undefined && html` <span class="bad">The manifest has speech from sample ${before.onsetSample} to ${before.offsetSample} (dotted lines).</span>`}
            </p>
          </div>
          <dl class="facts">
            ${facts.map(
              ([name, value, note]) =>
                html`<div class="fact">
                  <dt>${name}</dt>
                  <dd>${value}<small>${note}</small></dd>
                </div>`,
            )}
          </dl>
        </header>
        <main>
          ${card(
            'Whole clip',
            'above: waveform; below: level of the speech band in 10 ms frames, red the threshold 35 dB under the active level',
            html`${plot(clip, { width: WIDTH.whole, fromSample: 0, toSample: sound.samples.length }, 'Whole clip')}
            ${clip.wav !== undefined && html`<audio controls src="data:audio/wav;base64,${Buffer.from(clip.wav).toString('base64')}" aria-label="${id}"></audio>`}`,
          )}
          <div class="plots">
            ${zoomed('Where speech begins', ends.onsetSample)}
            ${zoomed('Where speech ends', ends.offsetSample)}
          </div>
        </main>
      </body>
    </html> `.text;
}
