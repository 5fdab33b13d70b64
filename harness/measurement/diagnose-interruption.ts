import type { Diagnose } from './diagnosis';
import { diagnoseHearing } from './diagnose-hearing';

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
