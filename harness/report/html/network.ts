import type { LostBurst } from '../../ports';
import type { ReplyStretch } from '../../measurement';
import type { ShownSoundTurn } from '../judged-turn';
import { concealedInWords, delayInWords, lossInWords, missedInWords } from '../network-words';
import { html, type Markup } from './markup';
import { LEFT, RIGHT } from './timeline-lanes';
import type { Scale } from './scale';

/** Of the strip that marks what was lost, at the lower edge of a lane. */
const STRIP_HEIGHT = 7;
/** A packet of speech: a run ends where the one after its last would have begun. */
const PACKET_MS = 20;

const titles: Readonly<Record<ReplyStretch['kind'], string>> = {
  gap: 'gap',
  repeat: 'repeated',
  skip: 'skipped',
  concealed: 'concealed',
};

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
): readonly (Markup | undefined)[] =>
  bursts
    .filter(({ audioPackets }) => audioPackets > 0)
    .map(({ fromHostAtMs, toHostAtMs, audioPackets }) =>
      stroke(
        fromHostAtMs,
        toHostAtMs + PACKET_MS,
        bottom,
        'lost',
        `${audioPackets} ${audioPackets === 1 ? 'packet' : 'packets'} lost`,
        x,
      ),
    );

/** What the reply's sound shows, where it was heard. */
export const heardStrip = (
  stretches: readonly ReplyStretch[],
  hostAtMs: (rigSample: number) => number,
  bottom: number,
  x: Scale,
): readonly (Markup | undefined)[] =>
  stretches.map(({ kind, atRigSample, lengthMs }) => {
    const fromMs = hostAtMs(atRigSample);
    return stroke(fromMs, fromMs + lengthMs, bottom, kind, `${titles[kind]}, ${lengthMs.toFixed(0)} ms`, x);
  });

/** What the link did to datagrams in a turn and what that did to the sound; nothing for turns without. */
export function networkTable(turn: ShownSoundTurn): Markup | undefined {
  const { network } = turn.record;
  const missed = missedInWords(turn);
  const concealed = concealedInWords(turn);
  const { reply } = turn.measurement;
  const movedMs = reply.state === 'found' ? reply.quality?.movedMs : undefined;
  const rows: (readonly [string, string, boolean?])[] = [
    ...(network === undefined
      ? []
      : ([
          ['lost on the way up', lossInWords(network.up), network.up.audioLost > 0],
          ['lost on the way down', lossInWords(network.down), network.down.audioLost > 0],
          ['delay up', delayInWords(network.up)],
          ['delay down', delayInWords(network.down)],
        ] as const)),
    ...(missed === undefined ? [] : [['prompt at the provider', missed] as const]),
    ...(concealed === undefined ? [] : [['reply concealed', concealed, concealed !== 'none found'] as const]),
    ...(concealed === undefined || movedMs === undefined
      ? []
      : [
          [
            'end of the reply',
            movedMs < 1 && movedMs > -1
              ? 'in time'
              : `${Math.abs(movedMs).toFixed(0)} ms ${movedMs > 0 ? 'later' : 'earlier'}`,
          ] as const,
        ]),
  ];
  if (rows.length === 0) return undefined;
  return html`<section class="network">
    <h4>Network</h4>
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
        <li><i class="strip lost"></i>lost by the link</li>
        <li><i class="strip concealed"></i>concealed in the reply</li>
        <li><i class="strip gap"></i>gap in the reply</li>
      </ul>`
    }
  </section>`;
}
