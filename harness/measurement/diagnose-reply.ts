import type { TurnRecord } from '../ports';
import type { Diagnose, Diagnosis } from './diagnosis';
import { eventsOf } from './provider-marks';
import type { ReplyQuality } from './reply-quality';
import type { ReplyCheck, TurnMeasurement } from './turn-measurement';

/** Share of the speech that has to be found. */
const COMPLETE_FROM = 0.95;
/** A channel this little above its noise floor holds no sound of its own. */
const SOUND_OVER_FLOOR_DB = 6;
/** Below this nothing is a speaker's doing, whatever the floor. */
const SILENT_BELOW_DBFS = -90;
/** A reply that left the provider later than this before the end of the capture had no time to be heard. */
const LEAST_PLAYOUT_MS = 1000;
/** Less than two pitch periods of a low voice may be one taken for the next; no buffer of a driver is as short. */
const LEAST_REPEATED_MS = 20;
/** Errors that are the service's own, by the words that its codes are made of; others answer a bad request. */
const OWN_ERROR = /server|internal|rate.?limit|quota|overload|unavailable|timeout|model/i;

/**
 * The provider's own failure: an error of the service, a response that it gave up, or nothing at all after it had heard.
 * @param unanswered - True when the turn lacks what the provider should have sent.
 */
export function providerFailure(
  record: TurnRecord,
  { unanswered }: { readonly unanswered: boolean },
): Diagnosis | undefined {
  const error = eventsOf(record.providerEvents, 'error').find(
    ({ code, message }) => OWN_ERROR.test(code) || OWN_ERROR.test(message),
  );
  if (error !== undefined) {
    return {
      code: 'HIL_TURN_PROVIDER_FAILED',
      message: `The provider reported its own error ${error.code}: ${error.message}`,
      facts: { code: error.code, message: error.message },
    };
  }
  const failed = eventsOf(record.providerEvents, 'response-done').find(
    ({ status }) => status === 'failed' || status === 'incomplete',
  );
  if (failed !== undefined) {
    return {
      code: 'HIL_TURN_PROVIDER_FAILED',
      message: `The provider ended response ${failed.responseId} as ${failed.status}; it should be completed.`,
      facts: { responseId: failed.responseId, status: failed.status },
    };
  }
  return unanswered
    ? {
        code: 'HIL_TURN_PROVIDER_FAILED',
        message: `The provider heard ${record.expected.utterance ?? 'the prompt'} and sent neither call nor reply.`,
        facts: { events: record.providerEvents.map(({ type }) => type) },
      }
    : undefined;
}

/** A response of the turn that the provider ended early, fell silent in or, its session gone or the deadline over, did not end at all. */
function unfinishedResponse(record: TurnRecord): Diagnosis | undefined {
  const events = record.providerEvents;
  const closed = eventsOf(events, 'session-closed').at(-1);
  const done = eventsOf(events, 'response-done');
  const open = eventsOf(events, 'response-started').find(
    ({ responseId }) => !done.some((ended) => ended.responseId === responseId),
  );
  const isCut = closed !== undefined && open !== undefined && closed.seq > open.seq;
  if (isCut && closed.sessionId === open.sessionId && closed.closedBy !== 'board') {
    return {
      code: 'HIL_TURN_PROVIDER_FAILED',
      message: `The session ended with ${closed.closeCode} in the middle of response ${open.responseId}; the provider never said that it was done.`,
      facts: { responseId: open.responseId, closeCode: closed.closeCode },
    };
  }
  const stopped = eventsOf(events, 'deviation').find(({ code }) => code === 'sound-stopped');
  if (stopped !== undefined) {
    const { code: deviation, message } = stopped;
    return { code: 'HIL_TURN_PROVIDER_FAILED', message, facts: { deviation } };
  }
  // A turn that ended by its deadline has waited for it.
  if (open !== undefined && record.ending === 'deadline') {
    return {
      code: 'HIL_TURN_PROVIDER_FAILED',
      message: `The provider began response ${open.responseId} and was not done with it when the turn's ${record.deadlineMs} ms were over.`,
      facts: { responseId: open.responseId, deadlineMs: record.deadlineMs },
    };
  }
  const isEarly = done.some(({ status }) => status === 'failed' || status === 'incomplete');
  return isEarly ? providerFailure(record, { unanswered: false }) : undefined;
}

/** No reply was sent: the provider's doing, unless it waited for the board. */
function notSent(record: TurnRecord): readonly Diagnosis[] {
  const calls = eventsOf(record.providerEvents, 'tool-call');
  const lastCall = calls.at(-1);
  if (lastCall === undefined) {
    const failure = providerFailure(record, { unanswered: true });
    return failure === undefined ? [] : [failure];
  }
  const failure = providerFailure(record, { unanswered: false });
  if (failure !== undefined) return [failure];
  const outputs = eventsOf(record.providerEvents, 'tool-output').map(({ callId }) => callId);
  const unanswered = calls.filter(({ callId }) => !outputs.includes(callId));
  const askedOn = eventsOf(record.providerEvents, 'response-started').some(({ seq }) => seq > lastCall.seq);
  if (unanswered.length === 0 && askedOn) {
    return [
      {
        code: 'HIL_TURN_PROVIDER_FAILED',
        message: 'The provider started a response after the calls and sent no sound with it.',
        facts: { calls: calls.map(({ callId }) => callId) },
      },
    ];
  }
  return [
    {
      code: 'HIL_TURN_REPLY_MISSING',
      message:
        unanswered.length > 0
          ? `The firmware executed ${unanswered.map(({ name }) => name).join(', ')} and never sent the output, so no reply followed.`
          : 'The firmware sent the outputs of its calls and never asked for the reply.',
      facts: { calls: calls.map(({ callId }) => callId), outputs },
    },
  ];
}

type NotFound = Extract<ReplyCheck, { readonly state: 'not-found' }>;

/** A reply that was found as it sounds at another rate. */
function wrongRate(record: TurnRecord, { replyId, pitchRatio, playedAtHz }: NotFound): Diagnosis | undefined {
  const rateHz = record.replies.find(({ clip }) => clip.id === replyId)?.clip.rateHz;
  if (pitchRatio === undefined || playedAtHz === undefined || rateHz === undefined) return undefined;
  return {
    code: 'HIL_TURN_REPLY_WRONG_RATE',
    message: `The reply was played at ${pitchRatio.toFixed(3)} of its rate: a ${rateHz / 1000} kHz reply played at ${playedAtHz / 1000} kHz.`,
    facts: { reply: replyId, pitchRatio, rateHz, playedAtHz },
  };
}

/** A reply left the provider and is not in the capture. */
function absent(record: TurnRecord, measurement: TurnMeasurement, levelDbFs: number): readonly Diagnosis[] {
  const sentAtMs = measurement.marks.find(({ name }) => name === 'firstAudioOut')?.hostAtMs;
  const { noiseFloorDbFs } = measurement.levels;
  const facts = { sentAtMs, levelDbFs, noiseFloorDbFs };
  const playoutMs = sentAtMs === undefined ? 0 : record.endedAtHostMs - sentAtMs;
  if (playoutMs < LEAST_PLAYOUT_MS) {
    return [
      {
        code: 'HIL_TURN_PROVIDER_FAILED',
        message: `The provider sent the reply's first packet ${playoutMs.toFixed(0)} ms before the turn ended; playing it takes up to ${LEAST_PLAYOUT_MS} ms.`,
        facts,
      },
    ];
  }
  const silentBelow = Math.max(SILENT_BELOW_DBFS, (noiseFloorDbFs ?? -Infinity) + SOUND_OVER_FLOOR_DB);
  if (levelDbFs < silentBelow) {
    return [
      {
        code: 'HIL_TURN_SPEAKER_SILENT',
        message: `The speaker channel holds ${levelDbFs.toFixed(0)} dBFS where the reply should be; sound has at least ${silentBelow.toFixed(0)} dBFS.`,
        facts,
      },
    ];
  }
  return [
    {
      code: 'HIL_TURN_REPLY_INCOMPLETE',
      message: `The speaker channel holds sound of ${levelDbFs.toFixed(0)} dBFS in which the reply cannot be found.`,
      facts,
    },
  ];
}

/** A reply was sent and not found in the capture. */
function notFound(record: TurnRecord, measurement: TurnMeasurement, reply: NotFound): readonly Diagnosis[] {
  const failure = providerFailure(record, { unanswered: false }) ?? wrongRate(record, reply);
  return failure === undefined ? absent(record, measurement, reply.levelDbFs) : [failure];
}

const times = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What of a reply is not as it was sent, part by part; empty when it is only less than it should be. */
function departures(quality: ReplyQuality): string {
  const { leadingCutMs, trailingCutMs, dropouts, skips, repeats } = quality;
  return [
    leadingCutMs > 0 && `${leadingCutMs.toFixed(0)} ms at the beginning`,
    trailingCutMs > 0 && `${trailingCutMs.toFixed(0)} ms at the end`,
    dropouts.count > 0 && `${times(dropouts.count, 'dropout')} of ${dropouts.totalMs.toFixed(0)} ms in all`,
    skips.count > 0 && `${times(skips.count, 'skip')} of ${skips.totalMs.toFixed(0)} ms in all`,
    repeats.count > 0 && `${times(repeats.count, 'repeat')} of ${repeats.totalMs.toFixed(0)} ms in all`,
  ]
    .filter((part) => part !== false)
    .join(', ');
}

/**
 * No speech was heard and nobody knows what was sent: the board is at fault only where sound is known to have left the provider
 * and the channel is silent. Whether other sound is the reply, or whether one was sent at all, cannot be known.
 */
function notHeard(record: TurnRecord, measurement: TurnMeasurement, levelDbFs: number): readonly Diagnosis[] {
  if (!record.expected.spoken) return [];
  const failure = providerFailure(record, { unanswered: false });
  if (failure !== undefined) return [failure];
  const wasSent = measurement.marks.some(({ name }) => name === 'firstAudioOut');
  const blamed = wasSent ? absent(record, measurement, levelDbFs) : [];
  if (blamed.some(({ code }) => code !== 'HIL_TURN_REPLY_INCOMPLETE')) return blamed;
  return [
    {
      code: record.unwatched === true ? 'HIL_TURN_UNWATCHED' : 'HIL_TURN_UNMEASURED',
      message: `No speech was heard after the prompt; the speaker channel holds ${levelDbFs.toFixed(0)} dBFS, and what the provider replied is not known.`,
      facts: { reply: measurement.reply, noiseFloorDbFs: measurement.levels.noiseFloorDbFs, wasSent },
    },
  ];
}

/** The reply from the provider to the speaker channel. */
export const diagnoseReply: Diagnose = (record, measurement) => {
  const { reply } = measurement;
  if (reply.state === 'heard') return [];
  if (reply.state === 'not-heard') return notHeard(record, measurement, reply.levelDbFs);
  if (reply.state === 'not-sent') return record.expected.spoken ? notSent(record) : [];
  if (reply.state === 'not-found') return notFound(record, measurement, reply);
  const { quality } = reply;
  if (reply.completeness >= COMPLETE_FROM) {
    // What was sent of it was played; that it was not all is told by the provider alone.
    const unfinished = record.expected.spoken ? unfinishedResponse(record) : undefined;
    if (unfinished !== undefined) return [unfinished];
    if (quality === undefined || quality.repeats.totalMs < LEAST_REPEATED_MS) return [];
    const { repeats } = quality;
    return [
      {
        code: 'HIL_TURN_REPLY_STUTTERED',
        message: `The board played parts of the reply again: ${times(repeats.count, 'repeat')} of ${repeats.totalMs.toFixed(0)} ms in all.`,
        facts: { reply },
      },
    ];
  }
  const failure = providerFailure(record, { unanswered: false });
  if (failure !== undefined) return [failure];
  const parts = quality === undefined ? '' : departures(quality);
  return [
    {
      code: 'HIL_TURN_REPLY_INCOMPLETE',
      message: `The speaker channel holds ${(100 * reply.completeness).toFixed(0)} % of the reply's speech, ${reply.missingMs.toFixed(0)} ms are missing${parts === '' ? '' : ` (${parts})`}; ${100 * COMPLETE_FROM} % have to be there.`,
      facts: { reply },
    },
  ];
};
