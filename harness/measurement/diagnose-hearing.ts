import type { Diagnose } from './diagnosis';

/**
 * Speech that arrives below this level counts as silence: the quietest usable microphones give -60 dBFS, the noise of a
 * dead one is below -80.
 */
const SILENT_BELOW_DBFS = -70;

const level = (levelDbFs: number | undefined): string =>
  levelDbFs === undefined ? 'nothing' : `sound of ${levelDbFs.toFixed(0)} dBFS`;

/**
 * The prompt from the room to the provider's understanding. Blame needs a witness: the board is at fault only when the prompt
 * shows on the speaker channel, or in the received audio itself.
 */
export const diagnoseHearing: Diagnose = ({ prompt, expected, unwatched }, { heard, witness, marks }) => {
  // Where nobody sees what the provider received, what it answers is all that tells.
  if (unwatched === true) return [];
  // What nobody taught the provider is as it should be when it heard something that it does not know.
  // Taking it for something known is the provider's mistake, which only a suite that asks for it can judge.
  if (heard !== undefined && (heard.utterance === expected.utterance || expected.utterance === undefined))
    return [];
  const { asBleed, receivedLevelDbFs, receivedWhole = false } = witness;
  const arrived = marks.some(({ name }) => name === 'uplinkEnd');
  const facts = {
    prompt: prompt.id,
    expected: expected.utterance,
    heard: heard?.utterance,
    confidence: heard?.confidence,
    receivedLevelDbFs,
    asBleed,
    arrived,
    receivedWhole,
  };
  if (!asBleed && !arrived) {
    return [
      {
        code: 'HIL_TURN_UNHEARD',
        message: `Prompt ${prompt.id} was not heard and nothing shows that it was in the room; the provider received ${level(receivedLevelDbFs)}.`,
        facts,
      },
    ];
  }
  if (heard?.utterance === undefined && (receivedLevelDbFs ?? -Infinity) < SILENT_BELOW_DBFS) {
    return [
      {
        code: 'HIL_TURN_MICROPHONE_SILENT',
        message: `${receivedLevelDbFs === undefined ? 'The board sent no sound at all' : 'The microphone is silent'}: prompt ${prompt.id} was in the room${asBleed ? ' (its bleed is on the speaker channel)' : ''} and the provider received ${level(receivedLevelDbFs)}; speech has ${SILENT_BELOW_DBFS} dBFS at least.`,
        facts,
      },
    ];
  }
  if (heard === undefined && arrived) {
    return [
      {
        code: 'HIL_TURN_PROVIDER_FAILED',
        message: `The provider received prompt ${prompt.id} with ${level(receivedLevelDbFs)} and took no turn on it.`,
        facts,
      },
    ];
  }
  if (heard?.utterance === undefined && receivedWhole) {
    return [
      {
        code: 'HIL_TURN_PROVIDER_FAILED',
        message: `The provider received all of prompt ${prompt.id} as it was played, with ${level(receivedLevelDbFs)}, and recognised nothing in it.`,
        facts,
      },
    ];
  }
  return [
    {
      code: 'HIL_TURN_MISHEARD',
      message: `The provider heard ${heard === undefined ? 'no speech' : (heard.utterance ?? 'an unknown utterance')} where ${expected.utterance ?? 'something else'} was said.`,
      facts,
    },
  ];
};
