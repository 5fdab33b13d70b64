import { SearchableSound, type MultiChannelClip } from '../audio';
import type { ChannelRole, SavedCapture, TurnRecord } from '../ports';
import { lockStepClockMap, rigClockMap, type ClockMap } from './clock-map';
import type { NotMeasuredReason } from './measured';

/** A take that lagged more is repeated (DESIGN section 6). */
const LAG_LIMIT_MS = 500;

/** A capture that can be measured. */
export interface GoodTake {
  readonly state: 'good';
  readonly saved: SavedCapture;
  /** The channel on which the prompt is located; undefined where none can hear it. */
  readonly promptChannel: SearchableSound | undefined;
  readonly speaker: SearchableSound;
  /** True when prompt and reply are on one channel: there is no electrical loopback. */
  readonly oneChannel: boolean;
  readonly clock: ClockMap | undefined;
}

export type Take = GoodTake | { readonly state: 'bad'; readonly reason: NotMeasuredReason };

/** True when a simulated rig, or the machine, was too late for its own clock. */
export const lagged = ({ maxLagMs }: Pick<SavedCapture, 'maxLagMs'>): boolean => maxLagMs > LAG_LIMIT_MS;

/** True when sound of the stretch is missing, or silence was played in its place: a sample is not where its index says. */
export const lostSound = ({ overruns }: Pick<SavedCapture, 'overruns'>): boolean => overruns > 0;

/** The channels of a capture by their role, or why it cannot be measured. */
export function takeOf(record: TurnRecord, capture: MultiChannelClip | undefined): Take {
  const saved = record.capture;
  if (saved === undefined || capture === undefined) return { state: 'bad', reason: 'no-capture' };
  if (lagged(saved) || lostSound(saved)) return { state: 'bad', reason: 'bad-take' };
  const channel = (role: ChannelRole): SearchableSound | undefined => {
    const samples = capture.channels[saved.roles.indexOf(role)];
    return samples === undefined ? undefined : new SearchableSound(samples, capture.rateHz);
  };
  const oneChannel = record.topology === 'bleed';
  const speaker = channel('speaker');
  const hearsPrompt = record.topology !== 'timestamps';
  const promptChannel = !hearsPrompt ? undefined : oneChannel ? speaker : channel('loopback');
  if (speaker === undefined || speaker.samples.length === 0 || (hearsPrompt && promptChannel === undefined))
    return { state: 'bad', reason: 'no-capture' };
  return {
    state: 'good',
    saved,
    promptChannel,
    speaker,
    oneChannel,
    clock: (record.topology === 'virtual' ? lockStepClockMap : rigClockMap)(saved.clockPoints, saved.rateHz),
  };
}
