import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { isSoundTurn } from '../../measurement';
import { readRun, type FinishedRun } from '../../run';
import type { SoakVerdict } from '../../verdict';
import { shownTurns } from '../judged-turn';
import { en } from '../language';
import { escapeHtml, html } from './markup';
import { renderHtml } from './render-html';
import { linearScale, ticks } from './scale';
import { timeline } from './timeline';
import { peaksOf } from './turn-sound';

const sample = readRun(join(__dirname, '../../../fixtures/runs/sample'));
const run = { ...sample, turns: sample.turns.filter(isSoundTurn) };
const page = renderHtml(run);

/** Script and style are no markup. */
const markupOf = (text: string): string =>
  text.replace(/^<!doctype html>/, '').replace(/<(script|style)>[\s\S]*?<\/\1>/g, '<$1></$1>');

/** Browsers forgive everything; this does not: every tag closed, every attribute quoted. */
const isWellFormed = (text: string): true | string => {
  const result = XMLValidator.validate(markupOf(text), {
    allowBooleanAttributes: true,
    unpairedTags: ['meta'],
  });
  return result === true ? true : `${result.err.msg} at line ${result.err.line}`;
};

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** All elements in order of the page. */
function elementsOf(text: string): Element[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    allowBooleanAttributes: true,
    unpairedTags: ['meta'],
    preserveOrder: true,
    processEntities: true,
    htmlEntities: true,
  });
  const found: Element[] = [];
  const walk = (nodes: readonly Record<string, unknown>[]): void => {
    for (const node of nodes) {
      for (const [name, children] of Object.entries(node)) {
        if (name === ':@' || name === '#text') continue;
        found.push({ name, attributes: (node[':@'] ?? {}) as Record<string, string> });
        walk(children as Record<string, unknown>[]);
      }
    }
  };
  walk(parser.parse(markupOf(text)) as Record<string, unknown>[]);
  return found;
}

const elements = elementsOf(page);
const having = (name: string, of = elements): Element[] => of.filter((element) => element.name === name);
const withClass = (name: string): Element[] =>
  elements.filter(({ attributes }) => (attributes['class'] ?? '').split(' ').includes(name));

const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u0000\'';
const evilRun: FinishedRun = {
  ...run,
  record: { ...run.record, runId: evil, bench: { name: evil, path: evil }, faults: [evil] },
  verdict: undefined,
  findings: [{ ...run.findings[0]!, message: evil, test: evil }],
  turns: run.turns.slice(0, 2).map(({ record, measurement }) => ({
    record: {
      ...record,
      turnId: evil,
      prompt: { ...record.prompt, transcript: evil, language: evil },
      consoleLines: [{ ...record.consoleLines[0]!, text: evil }],
      capture: { ...record.capture!, path: `${evil}/a b#.wav` },
    },
    measurement: { ...measurement, turnId: evil, heard: { utterance: evil, confidence: 1 } },
  })),
};

describe('markup', () => {
  it('escapes what is put in unless it is markup', () => {
    expect(html`<p title="${'"<&\''}">${html`<b>${1}</b>`}${undefined}${false}${['<', 2]}</p>`.text).toBe(
      '<p title="&quot;&lt;&amp;&#39;"><b>1</b>&lt;2</p>',
    );
    expect(escapeHtml('\u0000\u001b')).toBe('\ufffd\ufffd');
  });
});

describe('scale', () => {
  it('maps a domain and finds round ticks in it', () => {
    expect(linearScale([0, 10], [100, 200])(5)).toBe(150);
    expect(ticks([-130, 420], 6)).toEqual([-100, 0, 100, 200, 300, 400]);
  });
});

it('finds the largest magnitude of each stretch', () => {
  expect(peaksOf(Float32Array.of(0, -0.5, 0.25, 0.1), 2)).toEqual([0.5, 0.25]);
  expect(peaksOf(new Float32Array(0))).toEqual([]);
});

describe('page', () => {
  it('is well-formed, also without a verdict, without turns and with markup in everything that was recorded', () => {
    expect(isWellFormed(page)).toBe(true);
    expect(isWellFormed(renderHtml({ ...run, verdict: undefined }))).toBe(true);
    expect(isWellFormed(renderHtml({ ...run, verdict: undefined, turns: [], findings: [] }))).toBe(true);
    expect(isWellFormed(renderHtml(evilRun))).toBe(true);
  });

  it('has one script, its own, whatever was recorded', () => {
    for (const text of [page, renderHtml(evilRun)]) {
      const scripts = [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)];
      expect(scripts).toHaveLength(1);
      const hash = createHash('sha256').update(scripts[0]![1]!).digest('base64');
      const policy = having('meta', elementsOf(text)).find(
        ({ attributes }) => attributes['http-equiv'] !== undefined,
      );
      expect(policy?.attributes['content']).toContain(`'sha256-${hash}'`);
      expect(having('img', elementsOf(text))).toEqual([]);
    }
  });

  it('reaches for nothing outside of the run folder', () => {
    const targets = elements
      .flatMap(({ attributes }) => [attributes['src'], attributes['href']])
      .filter((to) => to !== undefined);
    expect(targets.length).toBeGreaterThan(100);
    for (const target of targets) expect(target).toMatch(/^(#[\w-]+|[\w-]+\/captures\/[\w.-]+\.wav)$/);
  });

  it('has each turn once, with a link to it from the breakdown', () => {
    const ids = having('details').map(({ attributes }) => attributes['id']);
    expect(ids).toEqual(run.turns.map(({ record }) => record.turnId));
    const links = having('a').map(({ attributes }) => attributes['href']);
    for (const id of ids) expect(links).toContain(`#${id}`);
  });

  it('counts every turn in the histogram', () => {
    const counts = [...page.matchAll(/ms: (\d+) of 29 turns/g)].map(([, count]) => Number(count));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(28);
    expect(page).toContain('1 of 29 turns had no reply before the deadline');
    expect(withClass('ecdf')).toHaveLength(1);
  });

  it('says where a quantile is not judged', () => expect(page).toContain('not judged at n = 29'));

  it('times the hops of a call, and needs none', () => {
    const index = run.turns.findIndex(({ measurement }) => measurement.calls.length > 0);
    const turn = run.turns[index]!;
    const hops = { askedToExecuted: { ms: 27, uncertaintyMs: 0.58 } };
    const calls = turn.measurement.calls.map((call) => ({ ...call, hops }));
    const turns = run.turns.with(index, { ...turn, measurement: { ...turn.measurement, calls } });
    expect(renderHtml({ ...run, turns })).toContain('<div>asked → executed 27.0 ±0.6</div>');
    expect(page).not.toContain('asked → executed');
  });

  it('shows what the capture says about a reply, what is bad marked, and needs none of it', () => {
    const index = run.turns.findIndex(({ measurement }) => measurement.reply.state === 'found');
    const turn = run.turns[index]!;
    const none = { count: 0, totalMs: 0 };
    const quality = {
      activeLevelDbFs: -25.74,
      clippedSamples: 0,
      dropouts: { count: 2, totalMs: 121.6 },
      repeats: none,
      skips: none,
      leadingCutMs: 0,
      trailingCutMs: 250,
      siSdrDb: 35.46,
      bandEdgeHz: undefined,
      pitchRatio: 1.0002,
    };
    const shown = (measurement: object): string =>
      renderHtml({
        ...run,
        turns: run.turns.with(index, { ...turn, measurement: { ...turn.measurement, ...measurement } }),
      }).replace(/\s*\n\s*/g, '');
    const text = shown({
      reply: { ...turn.measurement.reply, quality },
      levels: { ...turn.measurement.levels, loopbackGainDb: -6.02, crossTalkDb: -48.26 },
    });
    for (const cell of [
      '-25.7 dBFS',
      '0 samples',
      '<span class="bad">2, 122 ms</span>',
      '<span class="bad">250 ms</span>',
      '35.5 dB',
      'hidden by noise',
      '-48.3 dB',
    ])
      expect(text).toContain(`<td class="num">${cell}</td>`);
    const wrongRate = {
      state: 'not-found',
      replyId: 'r',
      levelDbFs: -30,
      pitchRatio: 0.6667,
      playedAtHz: 16_000,
    };
    expect(shown({ reply: wrongRate })).toContain('<span class="bad">0.667 (16 kHz)</span>');
    expect(page).not.toContain('SI-SDR');
  });

  it('puts the sound into the page when it is given', () => {
    const text = renderHtml(run, {
      inlineAudio: (path) => (path.endsWith('t001.wav') ? Buffer.from('RIFF') : undefined),
    });
    const sources = having('audio', elementsOf(text)).map(({ attributes }) => attributes['src']);
    expect(sources[0]).toBe('data:audio/wav;base64,UklGRg==');
    expect(sources[1]).toBe('atom-s3r/captures/t001.received.wav');
  });
});

describe('timeline', () => {
  const turns = shownTurns(run).filter(isSoundTurn);

  it('draws the waveform where the sound was', () => {
    const turn = turns[0]!;
    const { capture } = turn.record;
    const onset = turn.measurement.marks.find(({ name }) => name === 'replyOnset')!;
    const count = 400;
    const loud = Math.floor(
      ((onset.atRigSample! - capture!.firstRigSample) / capture!.lengthSamples) * count,
    );
    const peaks = Array.from({ length: count }, (_, index) => (index === loud ? 1 : 0));
    const whole = { turnId: 't001', firstSample: 0, lengthSamples: capture!.lengthSamples };
    const text = timeline(turn, { ...whole, channels: [{ role: 'speaker', peaks }] }, en)!.text;
    const [, from, step] = /translate\((\S+) \S+\) scale\((\S+) 1\)/.exec(text)!;
    const drawn = Number(from) + Number(step) * Number(/class="wave"[^>]*d="M(\d+)-/.exec(text)![1]);
    const [, left, width] = /class="span lead-in" x="([\d.]+)" width="([\d.]+)"/.exec(text)!.map(Number);
    expect(Math.abs(drawn - (left! + width!))).toBeLessThanOrEqual(Number(step));
    // What comes down the link is the first sample of the reply, silence as it is.
    expect(Number(/class="link downlink"[^>]*x2="([\d.]+)"/.exec(text)![1])).toBe(left);
  });

  it('says how long a missing reply was waited for', () => {
    const censored = turns.find(({ record }) => record.turnId === 't009')!;
    expect(timeline(censored, undefined, en)?.text).toContain('no reply within 8000 ms');
  });

  it('is absent without marks', () => {
    const turn = turns[0]!;
    expect(
      timeline({ ...turn, measurement: { ...turn.measurement, marks: [] } }, undefined, en),
    ).toBeUndefined();
  });
});

describe('the soak in a report', () => {
  const interval = { slope: -30_720, lower: -30_726, upper: -30_700, pairs: 100 };
  const why =
    'Free internal RAM shrinks by 30720 bytes per hour (95 % interval 30700 to 30726, 90 samples); 1024 bytes per hour matter.';
  const soak: SoakVerdict = {
    plannedMs: 600_000,
    elapsedMs: 570_000,
    pattern: 'bursts',
    counts: { turns: 90, sessions: 2, boots: 3, unorderedBoots: 1 },
    trends: [
      {
        ...{ name: 'internal', title: 'Free internal RAM', unit: 'bytes', samples: 90, used: 80 },
        perHour: interval,
        bounds: [{ per: 'hour', bound: 1_024, outcome: 'fail', why }],
        drawn: [
          [0, 196_604],
          [300_000, 194_044],
          [570_000, 191_740],
        ],
      },
      {
        ...{ name: 'voiceToVoice', title: 'Voice-to-voice', unit: 'ms', samples: 3, used: 3 },
        bounds: [],
        drawn: [[0, 612.44]],
      },
      { name: 'psram', title: 'Free PSRAM', unit: 'bytes', samples: 0, used: 0, bounds: [], drawn: [] },
    ],
  };
  const soaked = { ...run, verdict: { ...run.verdict!, soak } };

  it('shows each trend with its course, slope and bound, and says nothing where there is no soak', () => {
    const shown = renderHtml(soaked);
    expect(isWellFormed(shown)).toBe(true);
    expect(page).not.toContain('class="soak"');
    const card = /<h2>Soak<[^]*?<\/section>/.exec(shown)?.[0] ?? '';
    const text = card.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    expect(text).toContain('9.5 of 10 min, pattern bursts');
    expect(text).toContain('Turns: 90. Sessions: 2. Boots: 3, 1 of them ordered by nobody.');
    expect(text).toContain(' 196604 191740 \u221230720 \u221230726 to \u221230700 fail 1024 bytes an hour');
    expect(text).toContain(why);
    expect(text).toContain(' 612.4 612.4 – ');
    expect(card.match(/class="spark"/g)).toHaveLength(2);
    // The first is at the left and at the top, the last one lowest, and what was planned is the whole width.
    expect(card).toContain('d="M4 4L120 22.95L224.4 40"');
  });

  it('is Chinese where that is asked for', () => {
    const text = renderHtml(soaked, { language: 'zh' }).replace(/<[^>]*>/g, ' ');
    expect(text).toContain(
      '内部 RAM 空闲量每小时减少 30720 字节（95 % 区间 30700 至 30726，90 次采样）；界限为每小时 1024 字节。',
    );
    expect(text).toContain('9.5 / 10 分钟，节奏 bursts');
  });
});
