import { XMLValidator } from 'fast-xml-parser';
import { annotateSpeech, speechLevels, type PcmClip } from '../../audio';
import { renderClipPlot, type ReviewedClip } from './clip-plot';

const RATE_HZ = 16_000;
/** A tone from 250 ms to 750 ms of one second. */
const sound: PcmClip = {
  rateHz: RATE_HZ,
  samples: Float32Array.from({ length: RATE_HZ }, (_, n) =>
    n >= RATE_HZ / 4 && n < (RATE_HZ * 3) / 4 ? 0.2 * Math.cos((2 * Math.PI * 500 * n) / RATE_HZ) : 0,
  ),
};
const ends = annotateSpeech(sound)!;
const clip: ReviewedClip = {
  id: 'en-tone-a',
  transcript: 'A <tone> & "more"',
  language: 'en',
  sound,
  ends,
  levels: speechLevels(sound)!,
  longestPauseMs: 0,
  sha256: 'ab'.repeat(32),
};
const page = renderClipPlot(clip);

const wellFormed = (text: string): unknown =>
  XMLValidator.validate(text.replace(/^<!doctype html>/, '').replace(/<style>[\s\S]*?<\/style>/, ''), {
    allowBooleanAttributes: true,
    unpairedTags: ['meta'],
  });

describe('the plot of a clip', () => {
  it('is well-formed and reaches for nothing outside of itself', () => {
    expect(wellFormed(page)).toBe(true);
    expect(
      wellFormed(
        renderClipPlot({ ...clip, before: { onsetSample: 0, offsetSample: 9 }, wav: Buffer.from('RIFF') }),
      ),
    ).toBe(true);
    expect(page).toContain('A &lt;tone&gt; &amp; &quot;more&quot;');
    expect(page).not.toMatch(/https?:|<script|src="(?!data:)/);
  });

  it('says and draws where speech begins and ends', () => {
    expect(ends).toMatchObject({ onsetSample: 4_000, offsetSample: 11_999 });
    expect(page).toContain('<dd>250.0 ms<small>sample 4000</small></dd>');
    expect(page).toContain('<dd>750.0 ms<small>sample 11999</small></dd>');
    // Axes run from 52 to 1048 of the whole clip: a quarter and three quarters of the way.
    const [whole = ''] = page.split('</svg>');
    const places = [...whole.matchAll(/class="end"\s+x1="([\d.]+)"/g)].map(([, at]) => Number(at));
    expect(places).toEqual([301, 799]);
    // One boundary in each zoom, in its middle: 120 ms to each side.
    for (const zoom of page.split('</svg>').slice(1, 3)) {
      expect([...zoom.matchAll(/class="end"\s+x1="([\d.]+)"/g)].map(([, at]) => Number(at))[0]).toBeCloseTo(
        270,
        0,
      );
    }
  });

  it('draws each 10 ms frame that sounds once, speech or not', () => {
    const [whole = ''] = page.split('</svg>');
    const { levelsDbFs, thresholdDbFs } = clip.levels;
    const frames = levelsDbFs.filter((levelDbFs) => (levelDbFs ?? -Infinity) >= thresholdDbFs);
    // The filter of the speech band rings on for a frame behind the tone.
    expect([50, 51]).toContain(frames.length);
    expect(whole.match(/class="speech-frame"/g)).toHaveLength(frames.length);
  });

  it('shows what the manifest said where it moved', () => {
    expect(page).not.toContain('class="end before"');
    const moved = renderClipPlot({ ...clip, before: { onsetSample: 3_840, offsetSample: 12_159 } });
    expect(moved.match(/class="end before"/g)).toHaveLength(4);
    expect(moved).toContain('from sample 3840 to 12159');
  });
});
