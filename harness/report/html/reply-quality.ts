import type { Breaks, TurnMeasurement } from '../../measurement';
import type { Messages } from '../language';
import { html, type Markup } from './markup';

/** A cut that is shorter may be a quiet first or last sound that noise or a room hides. */
const CUT_FROM_MS = 50;

/** Name, value, and whether it is what a listener would complain about. */
type Row = readonly [name: string, value: string, bad?: boolean];

const decibels = (value: number | undefined, unit: string, { unknown }: Messages): string =>
  value === undefined ? unknown : `${value.toFixed(1)} ${unit}`;

function replyRows({ reply }: TurnMeasurement, words: Messages): readonly Row[] {
  const own = words.quality;
  if (reply.state === 'not-found' && reply.pitchRatio !== undefined && reply.playedAtHz !== undefined)
    return [[own.rate, `${reply.pitchRatio.toFixed(3)} (${reply.playedAtHz / 1000} kHz)`, true]];
  if (reply.state !== 'found' || reply.quality === undefined) return [];
  const { quality, driftPpm } = reply;
  const cut = (name: string, ms: number): Row => [name, `${ms.toFixed(0)} ms`, ms >= CUT_FROM_MS];
  const breaks = (name: string, { count, totalMs }: Breaks): Row => [
    name,
    count === 0 ? words.none : own.breaks(count, totalMs.toFixed(0)),
    count > 0,
  ];
  return [
    [own.activeLevel, decibels(quality.activeLevelDbFs, 'dBFS', words)],
    [own.clipped, own.samples(quality.clippedSamples), quality.clippedSamples > 0],
    breaks(own.dropouts, quality.dropouts),
    breaks(own.repeats, quality.repeats),
    breaks(own.skips, quality.skips),
    cut(own.cutBeginning, quality.leadingCutMs),
    cut(own.cutEnd, quality.trailingCutMs),
    ['SI-SDR', decibels(quality.siSdrDb, 'dB', words)],
    [
      own.bandEdge,
      quality.bandEdgeHz === undefined ? own.hidden : `${(quality.bandEdgeHz / 1000).toFixed(1)} kHz`,
    ],
    [own.rate, `${quality.pitchRatio.toFixed(4)} (${driftPpm.toFixed(0)} ppm)`],
  ];
}

/** Levels that older versions did not measure are left out, and cross-talk where there is nothing to look for. */
function rigRows({ levels, reply, topology }: TurnMeasurement, words: Messages): readonly Row[] {
  const own = words.quality;
  if (levels.loopbackGainDb === undefined) return [];
  const gain: Row = [own.loopbackGain, decibels(levels.loopbackGainDb, 'dB', words)];
  if (reply.state !== 'found' || topology === 'bleed') return [gain];
  const { crossTalkDb } = levels;
  return [
    gain,
    [own.crossTalk, crossTalkDb === undefined ? own.noneFound : decibels(crossTalkDb, 'dB', words)],
  ];
}

/** What the capture says about the reply and the rig; nothing for turns that older versions measured. */
export function replyQualityTable(measurement: TurnMeasurement, words: Messages): Markup | undefined {
  const rows = [...replyRows(measurement, words), ...rigRows(measurement, words)];
  if (rows.length === 0) return undefined;
  return html`<table class="compact quality">
    <tbody>
      ${rows.map(
        ([name, value, bad = false]) =>
          html`<tr>
            <td>${name}</td>
            <td class="num">${bad ? html`<span class="bad">${value}</span>` : value}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
