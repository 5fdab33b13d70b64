import type { BoardEvent } from '../../ports';
import type { ShownTextTurn } from '../judged-turn';
import type { Messages } from '../language';
import { plain } from '../wording';
import { html, type Markup } from './markup';
import { textPartsOf } from './text-turn-parts';
import { dotsOn, LANE_HEIGHT, laneOf, placeOn, timelineOf, type Dot } from './timeline-lanes';

/** Top of each lane. */
const LANES = { board: 26, provider: 82 } as const;

/** The lane in which each stretch lies: what the provider does, and what lies between it and the board. */
const partLanes = { uplink: 'board', endpointing: 'provider', ttfa: 'provider', downlink: 'board' } as const;

/** What an event of the board is called in the picture; undefined: it is not shown. */
function labelOf(event: BoardEvent, { timeline }: Messages): string | undefined {
  if (event.type === 'request-failed') return plain(event.message).slice(0, 40);
  if (event.type === 'answer') return event.complete ? timeline.answerPrinted : timeline.answerBrokeOff;
  if (event.type === 'complaint') return plain(event.text).slice(0, 40);
  if (event.type === 'fault') return event.error.code;
  return shownEvents.has(event.type) ? timeline.boardEvents[event.type] : undefined;
}

const shownEvents: ReadonlySet<BoardEvent['type']> = new Set([
  'boot',
  'request-sent',
  'first-text',
  'clock-unset',
  'tls-refused',
]);

/** What the board reports, at its own stamp where its clock is known well enough. */
const boardDots = ({ record, measurement }: ShownTextTurn, words: Messages): Dot[] =>
  record.boardEvents.flatMap((event): Dot[] => {
    const own = measurement.deviceMarks.find(
      ({ lineIndex, type }) => lineIndex === event.lineIndex && type === event.type,
    );
    const label = labelOf(event, words);
    return label === undefined ? [] : [{ hostAtMs: own?.hostAtMs ?? event.hostAtMs, label }];
  });

const providerDots = ({ record }: ShownTextTurn, { timeline }: Messages): Dot[] =>
  record.providerEvents.flatMap((event): Dot[] => {
    const { hostAtMs } = event;
    if (event.type === 'request') return [{ hostAtMs, label: timeline.request }];
    if (event.type === 'error')
      return [{ hostAtMs, label: `${event.httpStatus ?? ''} ${event.code}`.trim() }];
    return [];
  });

/** The instant that the times of a turn are relative to: the typed question, or the request of a board that asks by itself. */
export const zeroOfText = ({ record, measurement: { marks } }: ShownTextTurn): number =>
  record.askedAtHostMs ??
  marks.find(({ name }) => name === 'requestRead')?.hostAtMs ??
  record.startedAtHostMs;

/**
 * What board and provider did in a turn in writing, on one time axis from the question on. Undefined when neither did anything.
 */
export function textTimeline(turn: ShownTextTurn, words: Messages): Markup | undefined {
  const zero = zeroOfText(turn);
  const board = boardDots(turn, words).filter(({ hostAtMs }) => hostAtMs >= zero - 1_000);
  const provider = providerDots(turn, words);
  const instants = [
    ...turn.measurement.marks.map(({ hostAtMs }) => hostAtMs),
    ...[...board, ...provider].map(({ hostAtMs }) => hostAtMs),
  ];
  if (instants.length === 0) return undefined;
  const fromMs = Math.min(zero, ...instants) - 40;
  const lastMs = Math.max(...instants);
  const toMs = lastMs + Math.max(60, (lastMs - fromMs) * 0.12);
  const axis = { fromMs, toMs, zeroMs: zero, title: words.timeline.afterQuestion };
  const x = placeOn(axis);
  const lanes = [laneOf('board', LANES.board, words), laneOf('textProvider', LANES.provider, words)];
  return timelineOf(
    words.timeline.alt(
      turn.record.turnId,
      textPartsOf(turn, words)
        .map(({ title, ms }) => words.timeline.textPart(title, ms.toFixed(0)))
        .join(words.list),
    ),
    axis,
    lanes,
    html`${textPartsOf(turn, words).map(
      ({ colour, title, fromMs, ms }) =>
        html`<rect
          class="part ${colour}"
          x="${x(fromMs)}"
          width="${Math.max(1, x(fromMs + ms) - x(fromMs))}"
          y="${LANES[partLanes[colour]] + 14}"
          height="${LANE_HEIGHT - 28}"
          rx="3"
        >
          <title>${words.timeline.textPart(title, ms.toFixed(0))}</title>
        </rect>`,
    )}
    ${dotsOn(LANES.board, 'board', board, x)} ${dotsOn(LANES.provider, 'provider', provider, x)}`,
  );
}
