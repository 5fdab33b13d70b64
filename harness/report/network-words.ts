import type { SoundTurn } from '../measurement';
import type { DirectionFacts } from '../ports';

const share = (part: number, whole: number): string =>
  whole === 0 ? '' : ` (${((100 * part) / whole).toFixed(1)} %)`;

/** What became of packets of sound: `12 of 240 (5.0 %), longest run 3`; `none of 240`. */
export function lossInWords({ audioSent, audioLost, bursts }: DirectionFacts): string {
  if (audioLost === 0) return `none of ${audioSent}`;
  const longest = Math.max(...bursts.map(({ audioPackets }) => audioPackets));
  return `${audioLost} of ${audioSent}${share(audioLost, audioSent)}, longest run ${longest}`;
}

/** What a link did besides losing: `30.1 ms, at most 48.0; 3 overtaken, 2 came twice`. */
export function delayInWords({ delayMs, reordered, duplicated, cut, overflowed }: DirectionFacts): string {
  const times =
    delayMs === undefined
      ? 'nothing passed'
      : `${delayMs.mean.toFixed(1)} ms, at most ${delayMs.max.toFixed(1)}`;
  const more = [
    ...(reordered > 0 ? [`${reordered} overtaken`] : []),
    ...(duplicated > 0 ? [`${duplicated} came twice`] : []),
    ...(overflowed > 0 ? [`${overflowed} found no room`] : []),
    ...(cut > 0 ? [`${cut} while it was cut`] : []),
  ];
  return more.length === 0 ? times : `${times}; ${more.join(', ')}`;
}

/** What a listener hears of it: `3, 140 ms`; `none found`; undefined: nobody looked. */
export function concealedInWords({ measurement: { reply } }: SoundTurn): string | undefined {
  const concealed = reply.state === 'found' ? reply.quality?.concealed : undefined;
  if (concealed === undefined) return undefined;
  return concealed.count === 0 ? 'none found' : `${concealed.count}, ${concealed.totalMs.toFixed(0)} ms`;
}

/** What the provider missed of the prompt and made up for it: `4 lost, 80 ms made up`; undefined: it does not count. */
export function missedInWords({ record }: SoundTurn): string | undefined {
  const session = record.received?.sessionId;
  const media = record.providerEvents
    .filter((event) => event.type === 'media')
    // That of a session that the board has left behind comes whenever it is missed.
    .filter(({ sessionId }) => session === undefined || sessionId === session);
  if (media.length === 0) return undefined;
  const sum = (of: (event: (typeof media)[number]) => number): number =>
    media.reduce((total, event) => total + of(event), 0);
  return `${sum(({ lost }) => lost)} lost, ${sum(({ concealedMs }) => concealedMs).toFixed(0)} ms made up`;
}
