import type { CardIdentity, ChannelRole, Topology } from '../../ports';
import type { Headroom, LevelStep } from './level-lines';
import type { QuietChannel } from './quiet';
import type { RigCheckLine } from './rig-check';
import type { Continuity, RoundTrip } from './round-trip';

export const CALIBRATION_SCHEMA = 'earshot/rig-calibration@1';

/** Which sound card was measured. */
export interface CalibratedCard {
  /** `unknown` for a rig that does not tell its card. */
  readonly kind: CardIdentity['kind'] | 'unknown';
  readonly name: string;
  /** What does not change with the order in which things are plugged in; the rig's name where it tells no card. */
  readonly stableId: string;
}

/** One channel: what it holds while nothing is played, and how it has the playback. */
export interface CalibratedChannel {
  readonly role: ChannelRole;
  readonly quiet: QuietChannel;
  /** Absent: it does not hear the playback. */
  readonly playback?: {
    readonly gainDb: number;
    /** From handing a sample to the output. */
    readonly delayMs: number;
    readonly explainedDb: number;
    readonly isInverted: boolean;
  };
}

/** What was measured on one rig. What could not be measured is absent. */
export interface RigMeasurement {
  readonly rateHz: number;
  readonly roles: readonly ChannelRole[];
  readonly topology: Topology;
  /** RMS of the loudest probe. */
  readonly levelDbFs: number;
  readonly channels: readonly CalibratedChannel[];
  /** Of the channel that has the playback by wire, or hears it best. */
  readonly measuredOn?: ChannelRole;
  readonly roundTrip?: RoundTrip;
  readonly steps: readonly LevelStep[];
  readonly headroom?: Headroom;
  /** Largest difference of the gain between levels. */
  readonly gainSpreadDb?: number;
  /** Capture against playback. */
  readonly clock?: { readonly driftPpm: number; readonly uncertaintyPpm: number };
  /** Samples of the capture per second of the host's clock. */
  readonly hostRate?: { readonly rateHz: number; readonly uncertaintyHz: number };
  readonly continuity?: Continuity;
  /** What is well and what is not, in words. */
  readonly lines: readonly RigCheckLine[];
  readonly status: RigCheckLine['status'];
}

/** A measurement as it is stored: of which card, and when. */
export interface RigCalibration extends RigMeasurement {
  readonly schema: typeof CALIBRATION_SCHEMA;
  readonly earshotVersion: string;
  /** ISO 8601 with zone. */
  readonly measuredAt: string;
  /** The rig's name in the bench. */
  readonly rig: string;
  readonly card: CalibratedCard;
}
