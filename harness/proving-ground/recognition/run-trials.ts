import { recordingListener } from '../../provider';
import type { SpeechClip } from '../../ports';
import { spokenRaw } from './speak';
import { trialSounds } from './trial-sound';
import type { Trial, TrialClass } from './trials';

/** What became of a trial. */
export interface TrialResult {
  readonly id: string;
  readonly class: TrialClass;
  /** Utterance that it was; absent: none. */
  readonly utterance?: string;
  readonly change?: string;
  /** Utterances that were accepted. */
  readonly accepted: readonly string[];
  /** The replacement sounds the same, byte for byte: it is the prompt, and counts nowhere. */
  readonly isHomophone: boolean;
}

/** The silence window of fixtures/scenarios/voice-assistant.yaml. */
const SETTINGS = { threshold: 0.5, silenceDurationMs: 200 };

/** Makes each trial's sound and has it heard by an ear of the mock provider; calls back trial by trial. */
export async function runTrials(
  trials: readonly Trial[],
  prompts: readonly SpeechClip[],
  onResult: (result: TrialResult) => void,
): Promise<void> {
  const soundOf = trialSounds(prompts);
  const commands = prompts.filter(({ recognisable }) => recognisable !== false);
  const listen = recordingListener(commands, SETTINGS);
  const transcripts = new Map(prompts.map(({ utterance, transcript }) => [utterance, transcript]));
  for (const trial of trials) {
    const { id, source, utterance, near } = trial;
    const original = near && transcripts.get(near.utterance);
    const isHomophone =
      original !== undefined &&
      source.kind === 'spoken' &&
      spokenRaw(source.voice, source.text).equals(spokenRaw(source.voice, original));
    const heard = isHomophone ? [] : listen(await soundOf(trial));
    const accepted = heard.flatMap((one) => one.utterance ?? []);
    onResult({
      id,
      class: trial.class,
      ...(utterance === undefined ? {} : { utterance }),
      ...(near === undefined ? {} : { change: `${near.change} (${near.utterance})` }),
      accepted,
      isHomophone,
    });
  }
}
