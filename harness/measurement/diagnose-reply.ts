import type { TurnRecord } from '../ports';
import type { Diagnose, Diagnosis } from './diagnosis';
import { eventsOf } from './provider-marks';
import type { TurnMeasurement } from './turn-measurement';

/** Share of the speech that has to be found. */
const COMPLETE_FROM = 0.95;
/** A channel this little above its noise floor holds no sound of its own. */
const SOUND_OVER_FLOOR_DB = 6;
/** Below this nothing is a speaker's doing, whatever the floor. */
const SILENT_BELOW_DBFS = -90;
/** A reply that left the provider later than this before the end of the capture had no time to be heard. */
const LEAST_PLAYOUT_MS = 1000;
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

/** A reply was sent and not found in the capture. */
function notFound(record: TurnRecord, measurement: TurnMeasurement, levelDbFs: number): readonly Diagnosis[] {
  const failure = providerFailure(record, { unanswered: false });
  if (failure !== undefined) return [failure];
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

/** The reply from the provider to the speaker channel. */
export const diagnoseReply: Diagnose = (record, measurement) => {
  const { reply } = measurement;
  if (reply.state === 'not-sent') return record.expected.spoken ? notSent(record) : [];
  if (reply.state === 'not-found') return notFound(record, measurement, reply.levelDbFs);
  if (reply.completeness >= COMPLETE_FROM) return [];
  const failure = providerFailure(record, { unanswered: false });
  if (failure !== undefined) return [failure];
  return [
    {
      code: 'HIL_TURN_REPLY_INCOMPLETE',
      message: `The speaker channel holds ${(100 * reply.completeness).toFixed(0)} % of the reply's speech, ${reply.missingMs.toFixed(0)} ms are missing; ${100 * COMPLETE_FROM} % have to be there.`,
      facts: { reply },
    },
  ];
};
