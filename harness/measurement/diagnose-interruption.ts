import type { Diagnose } from './diagnosis';
import { diagnoseHearing } from './diagnose-hearing';
import { diagnoseReply } from './diagnose-reply';
import { STAMP_UNCERTAINTY_MS } from './stamps';

/** The interrupting prompt from the room to the provider's understanding, by the rules of the first one. */
export const diagnoseInterruptionHearing: Diagnose = (record, measurement) => {
  const { interruption } = record;
  const observed = measurement.interruption;
  if (interruption === undefined || observed === undefined) return [];
  const { prompt, expected } = interruption;
  const marks = measurement.marks.filter(({ name }) => observed.arrived || name !== 'uplinkEnd');
  return diagnoseHearing(
    { ...record, prompt, expected },
    { ...measurement, heard: observed.heard, witness: observed.witness, marks },
  );
};

/** The reply to the interrupting prompt, by the rules of a plain one. */
export const diagnoseInterruptionReply: Diagnose = (record, measurement) => {
  const { interruption } = record;
  const { reply, replySentAtHostMs } = measurement.interruption ?? {};
  if (interruption === undefined || reply === undefined) return [];
  const { prompt, expected } = interruption;
  const marks = measurement.marks.filter(({ name }) => name !== 'firstAudioOut');
  if (replySentAtHostMs !== undefined)
    marks.push({ name: 'firstAudioOut', hostAtMs: replySentAtHostMs, uncertaintyMs: STAMP_UNCERTAINTY_MS });
  return diagnoseReply({ ...record, prompt, expected }, { ...measurement, reply, marks }).map(
    ({ message, facts, ...diagnosis }) => ({
      ...diagnosis,
      message: `After prompt ${prompt.id} had interrupted the reply: ${message}`,
      facts: { ...facts, interruption: prompt.id },
    }),
  );
};

/**
 * The board's answer to a user who speaks into its reply. That the provider heard the prompt is the witness: by its protocol
 * it told the board so when the prompt began.
 */
export const diagnoseInterruption: Diagnose = ({ interruption }, { measures, reply }) => {
  if (interruption === undefined) return [];
  const { prompt, afterMs, playback } = interruption;
  if (playback === undefined) {
    return [
      {
        code: 'HIL_TURN_INTERRUPTION_LATE',
        message: `Prompt ${prompt.id} was to interrupt the reply ${afterMs} ms after it became audible, and the reply was over by then.`,
        facts: { prompt: prompt.id, afterMs, reply },
      },
    ];
  }
  const stop = measures.bargeInStop;
  if (stop.state !== 'not-measured' || stop.reason !== 'never-stopped') return [];
  return [
    {
      code: 'HIL_TURN_NOT_INTERRUPTED',
      message: `The board spoke its reply to the end although prompt ${prompt.id} was said into it and the provider heard it.`,
      facts: { prompt: prompt.id, afterMs },
    },
  ];
};
