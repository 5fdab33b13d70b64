import { fail, ok, skipped, warn, type Check, type CheckContext, type CheckResult } from './check';
import type { Talk } from './talk';

/** As in a run: the quietest usable microphones give -60 dBFS of speech, the noise of a dead one is below -80. */
const SILENT_BELOW_DBFS = -70;

/** The board's microphone is alive: a prompt reaches the provider. */
export const microphone: Check = {
  id: 'microphone',
  title: "board's microphone",
  group: 'hearing',
  expected: 'the provider hears a prompt that the rig plays to the board',
  remedy:
    "Check the rig's loudspeaker or cable to the board's microphone, its level, and that nothing covers the microphone; then run `earshot doctor --only microphone` again.",
  needs: ['rig', 'connection'],
  uses: ['session', 'rig', 'port'],
  withinMs: 14_000,
  async run({ parts, talk }: CheckContext) {
    const skip = await unheardHere(parts);
    return skip ?? judgeMicrophone(await talk());
  },
};

/** Why nothing can be heard on this bench; undefined: it can. */
export async function unheardHere(parts: CheckContext['parts']): Promise<CheckResult | undefined> {
  if (parts.dialect.capabilities.includes('text')) return skipped('the board is asked in writing');
  if ((await parts.provider()).unwatched === true)
    return skipped('the board asks its provider itself, so nobody here sees what is heard and said');
  return undefined;
}

/** Blame needs a witness (measurement.md section 8): the prompt in the room, or in what the provider received. */
export function judgeMicrophone({ prompt, heard, received, asBleed, onLoopback }: Talk): CheckResult {
  const level = received === undefined ? 'nothing' : `${received.levelDbFs.toFixed(0)} dBFS`;
  const facts = { prompt: prompt.id, heard, received, asBleed, onLoopback };
  if (heard?.utterance === prompt.utterance)
    return ok(
      `the provider heard ${prompt.utterance} (confidence ${heard.confidence.toFixed(2)}, ${level})`,
      facts,
    );
  const arrived = received?.hasPrompt === true;
  if (arrived || (received?.levelDbFs ?? -Infinity) >= SILENT_BELOW_DBFS) {
    const took = heard === undefined ? 'no speech' : (heard.utterance ?? 'speech that it does not know');
    const seen = `${level} reached the provider, which heard ${took} and not ${prompt.utterance}`;
    const remedy =
      'Raise or lower `turn.playbackGainDb`, bring loudspeaker and microphone closer, and keep the room quiet.';
    // Weak or noisy: the microphone is alive, and nobody can say yet whose doing it is.
    return (arrived ? warn : fail)(seen, { code: 'HIL_TURN_MISHEARD', remedy, facts });
  }
  if (asBleed)
    return fail(`the microphone is silent: the prompt was in the room, and ${level} reached the provider`, {
      code: 'HIL_TURN_MICROPHONE_SILENT',
      origin: 'board',
      remedy:
        "Check the board's microphone, its codec's gain and the firmware's capture; the bench did its part.",
      facts,
    });
  const left =
    onLoopback === true
      ? 'the prompt left the rig (it is on the loopback)'
      : 'nothing shows that the prompt left the rig';
  return fail(`${level} reached the provider; ${left}, and nothing shows that it was in the room`, {
    code: 'HIL_TURN_UNHEARD',
    facts,
  });
}
