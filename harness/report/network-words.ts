import type { SoundTurn } from '../measurement';
import type { DirectionFacts } from '../ports';
import { en, type Messages } from './language';

const share = (part: number, whole: number): string =>
  whole === 0 ? '' : ` (${((100 * part) / whole).toFixed(1)} %)`;

/** What became of packets of sound: `12 of 240 (5.0 %), longest run 3`; `none of 240`. */
export function lossInWords(
  { audioSent, audioLost, bursts }: DirectionFacts,
  { network }: Messages = en,
): string {
  if (audioLost === 0) return network.noneOf(audioSent);
  const longest = Math.max(...bursts.map(({ audioPackets }) => audioPackets));
  return network.lost(audioLost, audioSent, share(audioLost, audioSent), longest);
}

/** What a link did besides losing: `30.1 ms, at most 48.0; 3 overtaken, 2 came twice`. */
export function delayInWords(
  { delayMs, reordered, duplicated, cut, overflowed }: DirectionFacts,
  words: Messages = en,
): string {
  const { network } = words;
  const times =
    delayMs === undefined
      ? network.nothingPassed
      : network.delay(delayMs.mean.toFixed(1), delayMs.max.toFixed(1));
  const more = [
    ...(reordered > 0 ? [network.overtaken(reordered)] : []),
    ...(duplicated > 0 ? [network.twice(duplicated)] : []),
    ...(overflowed > 0 ? [network.noRoom(overflowed)] : []),
    ...(cut > 0 ? [network.whileCut(cut)] : []),
  ];
  return more.length === 0 ? times : `${times}${words.clause}${more.join(words.list)}`;
}

/** What a listener hears of it: `3, 140 ms`; `none found`; undefined: nobody looked. */
export function concealedInWords(
  { measurement: { reply } }: SoundTurn,
  { network, quality }: Messages = en,
): string | undefined {
  const concealed = reply.state === 'found' ? reply.quality?.concealed : undefined;
  if (concealed === undefined) return undefined;
  return concealed.count === 0
    ? network.noneFound
    : quality.breaks(concealed.count, concealed.totalMs.toFixed(0));
}

/** What the provider missed of the prompt and made up for it: `4 lost, 80 ms made up`; undefined: it does not count. */
export function missedInWords({ record }: SoundTurn, { network }: Messages = en): string | undefined {
  const session = record.received?.sessionId;
  const media = record.providerEvents
    .filter((event) => event.type === 'media')
    // That of a session that the board has left behind comes whenever it is missed.
    .filter(({ sessionId }) => session === undefined || sessionId === session);
  if (media.length === 0) return undefined;
  const sum = (of: (event: (typeof media)[number]) => number): number =>
    media.reduce((total, event) => total + of(event), 0);
  return network.missed(
    sum(({ lost }) => lost),
    sum(({ concealedMs }) => concealedMs).toFixed(0),
  );
}
