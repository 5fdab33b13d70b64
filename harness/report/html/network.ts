import type { LostBurst } from '../../ports';
import type { ReplyStretch } from '../../measurement';
import type { ShownSoundTurn } from '../judged-turn';
import { concealedInWords, delayInWords, lossInWords, missedInWords } from '../network-words';
import type { Messages } from '../language';
import { html, type Markup } from './markup';
import { LEFT, RIGHT } from './timeline-lanes';
import type { Scale } from './scale';

/** Of the strip that marks what was lost, at the lower edge of a lane. */
const STRIP_HEIGHT = 7;
/** A packet of speech: a run ends where the one after its last would have begun. */
const PACKET_MS = 20;

function stroke(
  fromMs: number,
  toMs: number,
  bottom: number,
  kind: string,
  title: string,
  x: Scale,
): Markup | undefined {
  const [left, right] = [Math.max(LEFT, x(fromMs)), Math.min(RIGHT, x(toMs))];
  if (right <= LEFT || left >= RIGHT) return undefined;
  return html`<rect
    class="mark-strip ${kind}"
    x="${left.toFixed(1)}"
    width="${Math.max(1.5, right - left).toFixed(1)}"
    y="${bottom - STRIP_HEIGHT}"
    height="${STRIP_HEIGHT}"
  >
    <title>${title}</title>
  </rect>`;
}

/** Packets of sound that the link lost, at the lower edge of a lane, when they were on their way. */
export const lostStrip = (
  bursts: readonly LostBurst[],
  bottom: number,
  x: Scale,
  words: Messages,
): readonly (Markup | undefined)[] =>
  bursts
    .filter(({ audioPackets }) => audioPackets > 0)
    .map(({ fromHostAtMs, toHostAtMs, audioPackets }) =>
      stroke(
        fromHostAtMs,
        toHostAtMs + PACKET_MS,
        bottom,
        'lost',
        words.network.packetsLost(audioPackets),
        x,
      ),
    );

/** What the reply's sound shows, where it was heard. */
export const heardStrip = (
  stretches: readonly ReplyStretch[],
  hostAtMs: (rigSample: number) => number,
  bottom: number,
  x: Scale,
  words: Messages,
): readonly (Markup | undefined)[] =>
  stretches.map(({ kind, atRigSample, lengthMs }) => {
    const fromMs = hostAtMs(atRigSample);
    const { network } = words;
    const title = network.stretch(network.stretches[kind], lengthMs.toFixed(0));
    return stroke(fromMs, fromMs + lengthMs, bottom, kind, title, x);
  });

/** What the link did to datagrams in a turn and what that did to the sound; nothing for turns without. */
export function networkTable(turn: ShownSoundTurn, words: Messages): Markup | undefined {
  const own = words.network;
  const { network } = turn.record;
  const missed = missedInWords(turn, words);
  const concealed = concealedInWords(turn, words);
  const { reply } = turn.measurement;
  const movedMs = reply.state === 'found' ? reply.quality?.movedMs : undefined;
  const rows: (readonly [string, string, boolean?])[] = [
    ...(network === undefined
      ? []
      : ([
          [own.rows.lostUp, lossInWords(network.up, words), network.up.audioLost > 0],
          [own.rows.lostDown, lossInWords(network.down, words), network.down.audioLost > 0],
          [own.rows.delayUp, delayInWords(network.up, words)],
          [own.rows.delayDown, delayInWords(network.down, words)],
        ] as const)),
    ...(missed === undefined ? [] : [[own.rows.promptAtProvider, missed] as const]),
    ...(concealed === undefined
      ? []
      : [[own.rows.concealed, concealed, concealed !== own.noneFound] as const]),
    ...(concealed === undefined || movedMs === undefined
      ? []
      : [
          [
            own.rows.end,
            movedMs < 1 && movedMs > -1
              ? own.inTime
              : (movedMs > 0 ? own.later : own.earlier)(Math.abs(movedMs).toFixed(0)),
          ] as const,
        ]),
  ];
  if (rows.length === 0) return undefined;
  return html`<section class="network">
    <h4>${own.title}</h4>
    <table class="compact quality">
      <tbody>
        ${rows.map(
          ([name, value, bad = false]) =>
            html`<tr>
              <td>${name}</td>
              <td>${bad ? html`<span class="bad">${value}</span>` : value}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${
      network !== undefined &&
      html`<ul class="legend">
        <li><i class="strip lost"></i>${own.legend.lost}</li>
        <li><i class="strip concealed"></i>${own.legend.concealed}</li>
        <li><i class="strip gap"></i>${own.legend.gap}</li>
      </ul>`
    }
  </section>`;
}
