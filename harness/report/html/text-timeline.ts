import type { BoardEvent } from '../../ports';
import type { ShownTextTurn } from '../judged-turn';
import { plain } from '../wording';
import { html, type Markup } from './markup';
import { linearScale, ticks, type Scale } from './scale';
import { textPartsOf } from './text-turn-parts';

const WIDTH = 960;
const LEFT = 138;
const RIGHT = 948;
/** Top of each lane; lanes are 46 high. */
const LANES = { board: 26, provider: 82 } as const;
const LANE_HEIGHT = 46;
const HEIGHT = 160;

/** The lane in which each stretch lies: what the provider does, and what lies between it and the board. */
const laneOf = { uplink: 'board', endpointing: 'provider', ttfa: 'provider', downlink: 'board' } as const;

interface Dot {
  readonly hostAtMs: number;
  readonly label: string;
}

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

/** Circles with a name each; the last one of a lane shows it, the others on pointing at them. */
const dots = (entries: readonly Dot[], top: number, x: Scale): Markup[] =>
  entries.map(({ hostAtMs, label }, index) => {
    const at = x(hostAtMs);
    const leftwards = at > WIDTH - 200;
    return html`<g class="dot">
      <circle cx="${at}" cy="${top + LANE_HEIGHT / 2}" r="4.5"><title>${label}</title></circle>
      ${
        index === entries.length - 1 &&
        html`<text
          x="${at + (leftwards ? -9 : 9)}"
          y="${top + LANE_HEIGHT / 2 + 4}"
          text-anchor="${leftwards ? 'end' : 'start'}"
          >${label}</text
        >`
      }
    </g>`;
  });

const lane = (top: number, title: string, sub: string): Markup =>
  html`<rect class="lane" x="${LEFT}" width="${RIGHT - LEFT}" y="${top}" height="${LANE_HEIGHT}" rx="4" />
    <text class="lane-title" x="0" y="${top + 20}">${title}</text
    ><text class="lane-sub" x="0" y="${top + 36}">${sub}</text>`;

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
  const from = Math.min(zero, ...instants) - 40;
  const to = Math.max(...instants) + Math.max(60, (Math.max(...instants) - from) * 0.12);
  const x = linearScale([from, to], [LEFT, RIGHT]);
  const relative = linearScale([from - zero, to - zero], [LEFT, RIGHT]);
  return html`<div class="scroll">
    <svg
      class="chart timeline"
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label="Timeline of ${turn.record.turnId}"
    >
      ${lane(LANES.board, 'board', 'console')} ${lane(LANES.provider, 'provider', 'reads, writes')}
      ${ticks([from - zero, to - zero], 12).map(
        (tick) =>
          html`<line
              class="grid"
              x1="${relative(tick)}"
              x2="${relative(tick)}"
              y1="${LANES.board}"
              y2="${LANES.provider + LANE_HEIGHT}"
            />
            <text class="tick" x="${relative(tick)}" y="${HEIGHT - 14}" text-anchor="middle">${tick}</text>`,
      )}
      <text class="tick" x="0" y="${HEIGHT - 14}">ms after question</text>
      ${textPartsOf(turn).map(
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
      ${dots(board, LANES.board, x)} ${dots(provider, LANES.provider, x)}
    </svg>
  </div>`;
}
