import type { ChannelRole } from '../../ports';
import type { HeardProbe } from './heard-probe';
import type { QuietChannel } from './quiet';
import { faultLine, okLine, type RigCheckLine } from './rig-check';
import type { WrongRate } from './wrong-rate';

const { abs } = Math;

/** A channel with what it held while nothing was played, and while the probe was. */
export interface CheckedChannel {
  readonly role: ChannelRole;
  readonly quiet: QuietChannel;
  /** Absent: the probe is not there, at its own rate. */
  readonly heard?: HeardProbe;
  /** The rate at which it is there instead. */
  readonly wrongRate?: WrongRate;
}

/** A wire does not lose as much; what is fainter leaks from one channel into another. */
const CROSSTALK_BELOW_DB = -40;
/** A loopback that is fainter than this can be mended by turning something up. */
const FAINT_BELOW_DB = -20;
/** The signal of a loopback cable in a wrong input: louder and less coloured than a room leaves it. */
const WIRED = { fromDb: -20, explainedFromDb: 15 } as const;
/** Sound in air takes this for 3.4 cm; the wire is earlier than any air path of a bench. */
const EARLIER_MS = 0.1;
const LOUDER_DB = 6;
/** The same sound twice: one converter. */
const SAME = { withinSamples: 0.5, withinDb: 1, explainedFromDb: 20 } as const;

// Adding 0 takes the sign off a zero.
const decibels = (value: number): string => `${(Math.round(10 * value) / 10 + 0).toFixed(1)} dB`;

/** What is wrong with the rate, in words. */
export function wrongRateText({ side, setHz, runsAtHz, ratio }: WrongRate): string {
  const who = side === 'both' ? 'playback and capture run' : `the ${side} runs`;
  return `${who} at ${runsAtHz} Hz where ${setHz} Hz is set (ratio ${ratio.toFixed(5)})`;
}

/**
 * Which input hears what: whether the sound left the rig, whether the loopback channel has it by wire, whether channels are
 * swapped. One line for each thing that could be judged; behind a fault nothing is judged that the fault would decide.
 * @param rateHz - Of the capture.
 */
export function channelLines(channels: readonly CheckedChannel[], rateHz: number): readonly RigCheckLine[] {
  const wrong = channels.find((channel) => channel.wrongRate !== undefined)?.wrongRate;
  if (wrong !== undefined) return [faultLine('rate', 'fail', 'wrong-rate', wrongRateText(wrong))];
  const stuck = channels.filter(({ quiet, heard }) => quiet.isStuck && heard === undefined);
  const heard = channels.filter((channel) => channel.heard !== undefined);
  if (heard.length === 0) {
    const silent = stuck.map(({ role }) => role).join(' and ');
    const seen =
      stuck.length === 0
        ? 'nothing of what was played came back on any channel'
        : `nothing of what was played came back, and ${silent} ${stuck.length === 1 ? 'is' : 'are'} digitally silent`;
    return [faultLine('playback', 'fail', 'muted', seen)];
  }
  const loopback = channels.find(({ role }) => role === 'loopback');
  const speaker = channels.find(({ role }) => role === 'speaker');
  if (loopback === undefined) return withoutLoopback(speaker);
  return withLoopback(loopback, speaker, rateHz);
}

function withoutLoopback(speaker: CheckedChannel | undefined): readonly RigCheckLine[] {
  const heard = speaker?.heard;
  if (heard === undefined) return [];
  return [
    okLine(
      'playback',
      `the speaker channel hears the playback ${decibels(heard.gainDb)}; no loopback channel`,
    ),
  ];
}

/** How much later one channel has the probe than another, by the pieces that both have: a loss moves both. */
function laterSamples(other: HeardProbe, wire: HeardProbe): number {
  const places = new Map(wire.segments.map((segment) => [segment.fromSample, segment.displacementSamples]));
  const differences = other.segments
    .flatMap(({ fromSample, displacementSamples }) => {
      const place = places.get(fromSample);
      return place === undefined ? [] : [displacementSamples - place];
    })
    .sort((a, b) => a - b);
  return differences[Math.floor(differences.length / 2)] ?? other.atSample - wire.atSample;
}

function withLoopback(
  loopback: CheckedChannel,
  speaker: CheckedChannel | undefined,
  rateHz: number,
): readonly RigCheckLine[] {
  const [wire, other] = [loopback.heard, speaker?.heard];
  if (wire === undefined || wire.gainDb < CROSSTALK_BELOW_DB) {
    // What leaks from a wire comes with it; a room answers later than what leaks.
    const isBleed = other && wire && laterSamples(other, wire) > (EARLIER_MS * rateHz) / 1000;
    if (
      other !== undefined &&
      isBleed !== true &&
      other.gainDb >= WIRED.fromDb &&
      other.explainedDb >= WIRED.explainedFromDb
    ) {
      const text = `the speaker channel has the playback by wire (${decibels(other.gainDb)}), the loopback channel ${wire === undefined ? 'has not' : `only ${decibels(wire.gainDb)}`}`;
      return [faultLine('channels', 'fail', 'swapped-channels', text)];
    }
    if (wire === undefined && loopback.quiet.isStuck)
      return [
        faultLine(
          'loopback',
          'fail',
          'muted',
          'the loopback channel is digitally silent while the playback is heard',
        ),
      ];
    const text =
      wire === undefined
        ? `the loopback channel does not have the playback${other === undefined ? '' : `, which the speaker channel hears at ${decibels(other.gainDb)}`}`
        : `the loopback channel has only ${decibels(wire.gainDb)} of the playback, which is cross-talk`;
    return [faultLine('loopback', 'fail', 'no-loopback', text)];
  }
  const lines: RigCheckLine[] = [];
  if (other !== undefined) {
    const later = laterSamples(other, wire);
    const laterMs = (later * 1000) / rateHz;
    const louderDb = other.gainDb - wire.gainDb;
    const isSame =
      abs(later) < SAME.withinSamples &&
      abs(louderDb) < SAME.withinDb &&
      other.explainedDb > SAME.explainedFromDb &&
      wire.explainedDb > SAME.explainedFromDb;
    if (isSame) return [faultLine('channels', 'fail', 'same-channels', 'both channels hold the same sound')];
    if (laterMs < -EARLIER_MS || (laterMs < EARLIER_MS && louderDb > LOUDER_DB)) {
      const text = `the playback comes ${(-laterMs).toFixed(2)} ms earlier and ${decibels(louderDb)} louder on the speaker channel than on the loopback channel`;
      return [faultLine('channels', 'fail', 'swapped-channels', text)];
    }
    lines.push(
      okLine(
        'channels',
        `the speaker channel hears the playback at ${decibels(other.gainDb)}, ${laterMs.toFixed(2)} ms after the loopback`,
      ),
    );
  } else lines.push(okLine('channels', 'the speaker channel does not hear the playback'));
  const text = `wired, gain ${decibels(wire.gainDb)}, ${decibels(wire.explainedDb)} over everything else`;
  return [
    wire.gainDb < FAINT_BELOW_DB
      ? faultLine('loopback', 'warn', 'too-quiet', `${text}; expected ${FAINT_BELOW_DB} dB or more`)
      : okLine('loopback', text),
    ...lines,
  ];
}
