import type { TurnRecord } from '../ports';
import { bargeInStop } from './barge-in';
import type { MappedInstant } from './clock-map';
import { downlink } from './downlink';
import { endpointing } from './endpointing';
import { notMeasured, type Measured, type NotMeasuredReason } from './measured';
import { soundMeasureNames, type SoundMeasureName } from './measures';
import { replyLeadIn } from './reply-lead-in';
import type { GoodTake } from './take';
import { timeToConfirmation } from './time-to-confirmation';
import { timeToFunctionCall } from './time-to-function-call';
import { ttfa } from './ttfa';
import { replyIsUnknown, type Evidence, type SoughtReply, type TurnSound } from './turn-evidence';
import type { Mark } from './turn-measurement';
import { uplink } from './uplink';
import { voiceToVoice, type CapturePoint } from './voice-to-voice';

/** Why the turn has no latency to a reply of unknown wording, or the latency. */
function unknownLatencyOf({ take, prompt, unknownReply }: Evidence): Measured {
  if (take.state === 'bad') return notMeasured(take.reason);
  if (prompt === undefined) return notMeasured('no-prompt');
  if (unknownReply?.heard === undefined) return notMeasured('no-onset');
  const promptOffset = { atSample: prompt.offsetAtSample, uncertaintySamples: prompt.uncertaintySamples };
  return voiceToVoice(promptOffset, unknownReply.heard.onset, take.saved.rateHz);
}

/** Why a reply has no latency on the capture's clock, or the latency. */
function latencyOf(
  { take, prompt }: Evidence,
  sound: TurnSound,
  { answer, heard }: SoughtReply,
  measure: (promptOffset: CapturePoint, replyOnset: CapturePoint, rateHz: number) => Measured,
): Measured {
  if (take.state === 'bad') return notMeasured(take.reason);
  if (prompt === undefined) return notMeasured('no-prompt');
  if (answer === undefined) return notMeasured('no-reply-sent');
  if (!sound.replies.has(answer.reply.clip.id)) return notMeasured('no-reference');
  const alignment = heard?.alignment;
  if (alignment?.onsetHeard !== true) return notMeasured('no-onset');
  return measure(
    { atSample: prompt.offsetAtSample, uncertaintySamples: prompt.uncertaintySamples },
    { atSample: alignment.onsetAtSample, uncertaintySamples: alignment.onsetUncertaintySamples },
    take.saved.rateHz,
  );
}

/** What a measure lacks when the mark at one of its ends is missing. */
const missing: Readonly<Record<Mark['name'], NotMeasuredReason>> = {
  promptOnset: 'no-prompt',
  promptOffset: 'no-prompt',
  uplinkEnd: 'not-heard',
  endpoint: 'no-endpoint',
  functionCall: 'no-call',
  firstAudioOut: 'no-reply-sent',
  replyOnset: 'no-onset',
  replyOffset: 'no-onset',
  interruptionOnset: 'no-interruption',
  interruptionOffset: 'no-interruption',
  replySilence: 'never-stopped',
};

/** Every declared measure, from what the sound showed; each has a number or a reason. */
export function measuresOf(
  record: TurnRecord,
  evidence: Evidence,
  sound: TurnSound,
): Record<SoundMeasureName, Measured> {
  const { take, marks, prompt, answer, heardReply, confirmation } = evidence;
  if (take.state === 'bad') {
    const reason = take.reason;
    return Object.fromEntries(soundMeasureNames.map((name) => [name, notMeasured(reason)])) as Record<
      SoundMeasureName,
      Measured
    >;
  }
  const isUnknown = replyIsUnknown(record, sound);
  const span = (
    from: Mark['name'],
    to: Mark['name'],
    measure: (from: MappedInstant, to: MappedInstant) => Measured,
  ): Measured => {
    const [begins, ends] = [from, to].map((name) => marks.find((mark) => mark.name === name));
    if (begins !== undefined && ends !== undefined) return measure(begins, ends);
    const lacking = begins === undefined ? from : to;
    if (lacking === 'promptOffset' && prompt !== undefined) return notMeasured('no-clock');
    if (lacking === 'firstAudioOut' && isUnknown) return notMeasured('no-reference');
    if (lacking === 'uplinkEnd' && record.received === undefined) return notMeasured('no-received-audio');
    return notMeasured(missing[lacking]);
  };
  // Where the speech of an unknown reply begins in what was sent, nobody knows.
  const leadIn = isUnknown
    ? notMeasured('no-reference')
    : answer === undefined
      ? notMeasured('no-reply-sent')
      : replyLeadIn(answer);
  return {
    voiceToVoice: isUnknown
      ? unknownLatencyOf(evidence)
      : latencyOf(evidence, sound, { answer, heard: heardReply }, voiceToVoice),
    timeToFunctionCall: span('promptOffset', 'functionCall', timeToFunctionCall),
    timeToConfirmation:
      confirmation === undefined
        ? notMeasured('no-call')
        : isUnknown
          ? notMeasured('no-reference')
          : latencyOf(evidence, sound, confirmation, timeToConfirmation),
    uplink: span('promptOffset', 'uplinkEnd', uplink),
    endpointing: span('uplinkEnd', 'endpoint', endpointing),
    ttfa: span('endpoint', 'firstAudioOut', ttfa),
    replyLeadIn: leadIn,
    downlink: span('firstAudioOut', 'replyOnset', (from, to) => downlink(from, to, leadIn)),
    bargeInStop: bargeInStopOf(record, evidence, take),
  };
}

function bargeInStopOf(record: TurnRecord, { interruption, silence }: Evidence, take: GoodTake): Measured {
  if (record.interruption?.playback === undefined) return notMeasured('no-interruption');
  if (interruption === undefined) return notMeasured('no-prompt');
  if (silence === undefined) return notMeasured('no-onset');
  const { onsetAtSample: atSample, uncertaintySamples } = interruption;
  return bargeInStop({ atSample, uncertaintySamples }, silence, take.saved.rateHz);
}
