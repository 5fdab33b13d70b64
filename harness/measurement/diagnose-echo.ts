import type { Diagnose } from './diagnosis';

/**
 * The board's own voice in its microphone. The witness is the sound itself: the reply that the board played was found in what
 * it sent. Speech that was detected then without such a find may be anybody's, and nobody is blamed.
 */
export const diagnoseEcho: Diagnose = (_record, { echo }) => {
  if (echo?.state !== 'measured' || echo.delayMs === undefined) return [];
  const { levelDb, delayMs, selfTriggers } = echo;
  const facts = { levelDb, delayMs, selfTriggers };
  const level = `${Math.abs(levelDb).toFixed(0)} dB ${levelDb < 0 ? 'under' : 'over'} the prompt`;
  const where = `${level}, ${delayMs.toFixed(0)} ms after the speaker played it`;
  if (selfTriggers > 0) {
    return [
      {
        code: 'HIL_TURN_SELF_TRIGGERED',
        message: `The provider took the board's own reply for speech ${selfTriggers} time${selfTriggers === 1 ? '' : 's'}: it received the reply ${where}.`,
        facts,
      },
    ];
  }
  if (!echo.leaks) return [];
  return [
    {
      code: 'HIL_TURN_ECHO_LEAK',
      message: `The provider received the board's own reply ${where}; a canceller keeps it 30 dB under.`,
      facts,
    },
  ];
};
