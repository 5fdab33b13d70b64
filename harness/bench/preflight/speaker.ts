import { fail, ok, skipped, warn, type Check, type CheckContext, type CheckResult } from './check';
import { unheardHere } from './microphone';
import type { Talk } from './talk';

/** Below both of these there is no sound: as in a run. */
const SILENT_BELOW_DBFS = -90;
const SOUND_OVER_FLOOR_DB = 6;

/** The board's speaker is audible on the rig. */
export const speaker: Check = {
  id: 'speaker',
  title: "board's speaker",
  group: 'hearing',
  expected: "what the provider says is heard on the rig's speaker channel",
  remedy:
    "Check the cable or microphone from the board's speaker to the rig, which input it is plugged into, and the board's volume.",
  needs: ['rig', 'connection'],
  uses: ['session', 'rig', 'port'],
  withinMs: 14_000,
  async run({ parts, talk }: CheckContext) {
    const skip = await unheardHere(parts);
    return skip ?? judgeSpeaker(await talk());
  },
};

/** The board is accused only when something else shows that the rig's input hears: the prompt's own bleed. */
export function judgeSpeaker({ reply, asBleed }: Talk): CheckResult {
  if (reply === undefined) return skipped('the provider said nothing that could be heard');
  const { id, isFound, levelDbFs, noiseFloorDbFs } = reply;
  const level = `${levelDbFs.toFixed(0)} dBFS`;
  const facts = { ...reply, asBleed };
  if (isFound) return ok(`${id} is on the speaker channel, at ${level}`, facts);
  const silentBelow = Math.max(SILENT_BELOW_DBFS, noiseFloorDbFs + SOUND_OVER_FLOOR_DB);
  if (levelDbFs >= silentBelow)
    return warn(`sound of ${level}, in which ${id} cannot be found`, {
      remedy: 'Run the suite `conversation`, which tells a wrong sample rate, a stutter and a cut apart.',
      facts,
    });
  const seen = `${level} where ${id} should be, and sound has ${silentBelow.toFixed(0)} dBFS at least`;
  if (asBleed)
    return fail(`the speaker is silent: ${seen}; the rig hears, since the prompt is on the same channel`, {
      code: 'HIL_TURN_SPEAKER_SILENT',
      origin: 'board',
      remedy:
        "Check the board's speaker, amplifier and volume, and the firmware's playback; the bench did its part.",
      facts,
    });
  return fail(`${seen}; nothing shows that the rig hears`, { code: 'HIL_TURN_UNHEARD', facts });
}
