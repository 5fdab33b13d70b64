/** Prompts of which packets were lost on the way, with what stands in for them told apart or not. */
import { readFileSync } from 'node:fs';
import { readWav, resample, toPcm16 } from '../../audio';
import { seededUniform } from '../../units';
import { committedCorpus } from '../__fixtures__/small-corpus';
import { Ear } from './ear';
import type { Heard } from './heard';
import { inThreadRecogniser } from './in-thread-recogniser';
import { ReceivedStream } from './received-stream';

const RATE_HZ = 24_000;
const PACKET = 480;
const { prompts } = committedCorpus(({ id }) => /^(en-light-(on-a|off-b)|en-time-a)$/.test(id));
const recogniser = inThreadRecogniser([...prompts.values()]);

/** A prompt in a quiet room of which each packet of those told is silent. */
async function received(
  promptId: string,
  lost: (packet: number) => boolean,
  areTold: boolean,
): Promise<Heard[]> {
  const { channels, rateHz } = readWav(readFileSync(prompts.get(promptId)!.path));
  const speech = (await resample({ samples: channels[0]!, rateHz }, RATE_HZ)).samples;
  const sound = new Float32Array(speech.length + RATE_HZ);
  sound.set(speech, RATE_HZ / 2);
  const random = seededUniform(3);
  const { pcm } = toPcm16(sound.map((sample) => 0.5 * sample + 0.001 * (2 * random() - 1)));
  const stream = new ReceivedStream(RATE_HZ, pcm.length);
  const answers: Heard[] = [];
  const ear = new Ear(
    stream,
    recogniser,
    { threshold: 0.5, silenceDurationMs: 200 },
    {
      started: () => undefined,
      stopped: ({ heard }) => heard.use((answer) => void answers.push(answer)),
    },
  );
  for (let packet = 0; packet * PACKET < pcm.length; packet++) {
    const came = !lost(packet);
    const own = pcm.slice(packet * PACKET, (packet + 1) * PACKET);
    const samples = came ? own : new Int16Array(own.length);
    stream.push(samples, packet * 20, !came && areTold);
    ear.push(samples);
  }
  return answers;
}

/** Half of a second, two packets in 25, first within the speech: 8 %. */
const lostPairs = (packet: number): boolean => packet > 30 && packet % 25 < 2;

it.each([...prompts.keys()])(
  '%s is heard although 8 %% of its packets were lost, when that is told',
  async (id) => {
    const heard = await received(id, lostPairs, true);
    expect(heard.map(({ promptId }) => promptId)).toEqual([id]);
  },
);

it('takes a hole for another sentence when nobody tells that it is one', async () => {
  const heard = await received('en-light-on-a', lostPairs, false);
  expect(heard.map(({ promptId }) => promptId)).toEqual([undefined]);
});

it('does not take half of a sentence for the whole, though all of the rest is told to be lost', async () => {
  const heard = await received('en-light-on-a', (packet) => packet > 60 && packet % 4 !== 0, true);
  expect(heard.map(({ promptId }) => promptId)).not.toContain('en-light-on-a');
});
