import type { SpeechClip } from '../../ports';
import { Ear } from './ear';
import type { Heard } from './heard';
import { inThreadRecogniser } from './in-thread-recogniser';
import { ReceivedStream } from './received-stream';
import type { VoiceActivitySettings } from './voice-activity';

const RATE_HZ = 24_000;
const PACKET_SAMPLES = 480;

/**
 * What a session would make of a recording, utterance by utterance: the same ear, in the calling thread.
 * @returns Takes mono 16-bit at 24 000 Hz and gives back what was heard; empty when nobody spoke.
 */
export function recordingListener(
  prompts: readonly SpeechClip[],
  settings: VoiceActivitySettings,
): (samples: Int16Array) => readonly Heard[] {
  const recogniser = inThreadRecogniser(prompts);
  return (samples) => {
    const stream = new ReceivedStream(RATE_HZ, samples.length);
    const answers: Heard[] = [];
    const ear = new Ear(stream, recogniser, settings, {
      started: () => undefined,
      stopped: ({ heard }) => heard.use((answer) => void answers.push(answer)),
    });
    for (let at = 0; at < samples.length; at += PACKET_SAMPLES) {
      const packet = samples.slice(at, at + PACKET_SAMPLES);
      stream.push(packet, at / 24);
      ear.push(packet);
    }
    return answers;
  };
}
