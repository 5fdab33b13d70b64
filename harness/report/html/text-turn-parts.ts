import type { TextMark } from '../../measurement';
import { en, type Messages } from '../language';
import type { ShownTextTurn } from '../judged-turn';

/** One stretch of a turn in writing; its colour is that of the part of a spoken turn that it is most like. */
export interface TextPart {
  readonly colour: 'uplink' | 'endpointing' | 'ttfa' | 'downlink';
  readonly title: string;
  readonly fromMs: number;
  readonly ms: number;
}

const borders = [
  ['questionTyped', 'uplink'],
  ['requestRead', 'endpointing'],
  ['firstToken', 'ttfa'],
  ['answerSent', 'downlink'],
] as const satisfies readonly (readonly [TextMark['name'], TextPart['colour']])[];

/** The stretches of a turn from one border to the next that is known, in order; a negative one is drawn as none. */
export function textPartsOf(
  { measurement: { marks } }: ShownTextTurn,
  { timeline }: Messages = en,
): TextPart[] {
  const at = (name: TextMark['name']): number | undefined =>
    marks.find((mark) => mark.name === name)?.hostAtMs;
  return borders.flatMap(([name, colour], index): TextPart[] => {
    const fromMs = at(name);
    const next = borders[index + 1]?.[0] ?? 'answerPrinted';
    const toMs = at(next);
    return fromMs === undefined || toMs === undefined
      ? []
      : [{ colour, title: timeline.textParts[name], fromMs, ms: Math.max(0, toMs - fromMs) }];
  });
}
