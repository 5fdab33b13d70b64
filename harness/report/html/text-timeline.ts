import type { BoardEvent } from '../../ports';
import type { ShownTextTurn } from '../judged-turn';
import { plain } from '../wording';
import { html, type Markup } from './markup';
import { textPartsOf } from './text-turn-parts';
import { dotsOn, LANE_HEIGHT, placeOn, timelineOf, type Dot } from './timeline-lanes';

/** Top of each lane. */
const LANES = { board: 26, provider: 82 } as const;

/** The lane in which each stretch lies: what the provider does, and what lies between it and the board. */
const laneOf = { uplink: 'board', endpointing: 'provider', ttfa: 'provider', downlink: 'board' } as const;

/** What an event of the board is called in the picture; undefined: it is not shown. */
function labelOf(event: BoardEvent): string | undefined {
  if (event.type === 'request-failed') return plain(event.message).slice(0, 40);
  if (event.type === 'answer') return event.complete ? 'answer printed' : 'answer broke off';
  if (event.type === 'complaint') return plain(event.text).slice(0, 40);
  if (event.type === 'fault') return event.error.code;
  return names[event.type];
}

const names: Partial<Record<BoardEvent['type'], string>> = {
  boot: 'boot',
  'request-sent': 'request sent',
  'first-text': 'first text',
  'clock-unset': 'no time',
  'tls-refused': 'certificate refused',
};

/** What the board reports, at its own stamp where its clock is known well enough. */
const boardDots = ({ record, measurement }: ShownTextTurn): Dot[] =>
  record.boardEvents.flatMap((event): Dot[] => {
    const own = measurement.deviceMarks.find(
      ({ lineIndex, type }) => lineIndex === event.lineIndex && type === event.type,
    );
    const label = labelOf(event);
    return label === undefined ? [] : [{ hostAtMs: own?.hostAtMs ?? event.hostAtMs, label }];
  });

const providerDots = ({ record }: ShownTextTurn): Dot[] =>
  record.providerEvents.flatMap((event): Dot[] => {
    const { hostAtMs } = event;
    if (event.type === 'request') return [{ hostAtMs, label: 'request' }];
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
export function textTimeline(turn: ShownTextTurn): Markup | undefined {
  const zero = zeroOfText(turn);
  const board = boardDots(turn).filter(({ hostAtMs }) => hostAtMs >= zero - 1_000);
  const provider = providerDots(turn);
  const instants = [
    ...turn.measurement.marks.map(({ hostAtMs }) => hostAtMs),
    ...[...board, ...provider].map(({ hostAtMs }) => hostAtMs),
  ];
  if (instants.length === 0) return undefined;
  const fromMs = Math.min(zero, ...instants) - 40;
  const lastMs = Math.max(...instants);
  const toMs = lastMs + Math.max(60, (lastMs - fromMs) * 0.12);
  const axis = { fromMs, toMs, zeroMs: zero, zeroIs: 'question' };
  const x = placeOn(axis);
  const lanes = [
    { top: LANES.board, title: 'board', sub: 'console' },
    { top: LANES.provider, title: 'provider', sub: 'reads, writes' },
  ];
  return timelineOf(
    turn.record.turnId,
    axis,
    lanes,
    html`${textPartsOf(turn).map(
      ({ colour, title, fromMs, ms }) =>
        html`<rect
          class="part ${colour}"
          x="${x(fromMs)}"
          width="${Math.max(1, x(fromMs + ms) - x(fromMs))}"
          y="${LANES[laneOf[colour]] + 14}"
          height="${LANE_HEIGHT - 28}"
          rx="3"
        >
          <title>${title} ${ms.toFixed(0)} ms</title>
        </rect>`,
    )}
    ${dotsOn(LANES.board, 'board', board, x)} ${dotsOn(LANES.provider, 'provider', provider, x)}`,
  );
}
