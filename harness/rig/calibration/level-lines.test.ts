import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { peakDbFs, readWav } from '../../audio';
import { headroomLine, PROMPT_PEAK_DB_FS } from './level-lines';

it('knows how high the prompts that come along peak', () => {
  const folder = join(__dirname, '../../../fixtures/prompts');
  const clips = readdirSync(folder).filter((name) => name.endsWith('.wav'));
  const peaks = clips.flatMap((name) =>
    readWav(readFileSync(join(folder, name))).channels.map((samples) => peakDbFs(samples) ?? -Infinity),
  );
  const highest = Math.max(...peaks);
  expect(highest).toBeLessThanOrEqual(PROMPT_PEAK_DB_FS);
  expect(highest).toBeGreaterThan(PROMPT_PEAK_DB_FS - 1);
});

it('warns of an input that a prompt would overfill, and of no other', () => {
  expect(headroomLine({ wholeUpToPeakDbFs: -8, fullAtPeakDbFs: -2 })).toMatchObject({
    status: 'warn',
    fault: 'clipped',
  });
  expect(headroomLine({ wholeUpToPeakDbFs: -8, fullAtPeakDbFs: 0 })).toMatchObject({ status: 'ok' });
});
