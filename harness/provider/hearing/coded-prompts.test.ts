/** Prompts as boards send them over WebRTC in a quiet room: no noise hides what Opus does to weak consonants. */
import { readFileSync } from 'node:fs';
import { readWav, resample, toPcm16 } from '../../audio';
import { OPUS_RATE_HZ, throughOpus } from '../../proving-ground/simulation/opus-path';
import { committedCorpus } from '../__fixtures__/small-corpus';
import { recordingListener } from './hear-recording';

const { prompts } = committedCorpus(({ id }) => /^(en-light-(on-a|off-b)|en-time-a)$/.test(id));
const listen = recordingListener([...prompts.values()], { threshold: 0.5, silenceDurationMs: 200 });

it.each([...prompts.keys()])('%s is heard through Opus at 24 kbit/s', async (id) => {
  const [speech = new Float32Array()] = readWav(readFileSync(prompts.get(id)!.path)).channels;
  const quiet = 12_000;
  const samples = new Float32Array(speech.length + 2 * quiet);
  samples.set(speech, quiet);
  const wide = await resample({ samples, rateHz: 24_000 }, OPUS_RATE_HZ);
  const coded = { samples: throughOpus(wide.samples), rateHz: OPUS_RATE_HZ };
  const heard = listen(toPcm16((await resample(coded, 24_000)).samples).pcm);
  expect(heard.map(({ promptId }) => promptId)).toEqual([id]);
});
