import type { Breaks, TurnMeasurement } from '../../measurement';
import { html, type Markup } from './markup';

/** A cut that is shorter may be a quiet first or last sound that noise or a room hides. */
const CUT_FROM_MS = 50;

/** Name, value, and whether it is what a listener would complain about. */
type Row = readonly [name: string, value: string, bad?: boolean];

const unknown = 'not known';
const decibels = (value: number | undefined, unit: string): string =>
  value === undefined ? unknown : `${value.toFixed(1)} ${unit}`;
const breaks = (name: string, { count, totalMs }: Breaks): Row => [
  name,
  count === 0 ? 'none' : `${count}, ${totalMs.toFixed(0)} ms`,
  count > 0,
];

function replyRows({ reply }: TurnMeasurement): readonly Row[] {
  if (reply.state === 'not-found' && reply.pitchRatio !== undefined && reply.playedAtHz !== undefined)
    return [['rate', `${reply.pitchRatio.toFixed(3)} (${reply.playedAtHz / 1000} kHz)`, true]];
  if (reply.state !== 'found' || reply.quality === undefined) return [];
  const { quality, driftPpm } = reply;
  const cut = (name: string, ms: number): Row => [name, `${ms.toFixed(0)} ms`, ms >= CUT_FROM_MS];
  return [
    ['active level', decibels(quality.activeLevelDbFs, 'dBFS')],
    ['clipped', `${quality.clippedSamples} samples`, quality.clippedSamples > 0],
    breaks('dropouts', quality.dropouts),
    breaks('repeats', quality.repeats),
    breaks('skips', quality.skips),
    cut('cut at the beginning', quality.leadingCutMs),
    cut('cut at the end', quality.trailingCutMs),
    ['SI-SDR', decibels(quality.siSdrDb, 'dB')],
    [
      'band edge',
      quality.bandEdgeHz === undefined ? 'hidden by noise' : `${(quality.bandEdgeHz / 1000).toFixed(1)} kHz`,
    ],
    ['rate', `${quality.pitchRatio.toFixed(4)} (${driftPpm.toFixed(0)} ppm)`],
  ];
}

/** Levels that older versions did not measure are left out, and cross-talk where there is nothing to look for. */
function rigRows({ levels, reply, topology }: TurnMeasurement): readonly Row[] {
  if (levels.loopbackGainDb === undefined) return [];
  const gain: Row = ['loopback gain', decibels(levels.loopbackGainDb, 'dB')];
  if (reply.state !== 'found' || topology === 'bleed') return [gain];
  const { crossTalkDb } = levels;
  return [gain, ['cross-talk', crossTalkDb === undefined ? 'none found' : decibels(crossTalkDb, 'dB')]];
}

/** What the capture says about the reply and the rig; nothing for turns that older versions measured. */
export function replyQualityTable(measurement: TurnMeasurement): Markup | undefined {
  const rows = [...replyRows(measurement), ...rigRows(measurement)];
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
