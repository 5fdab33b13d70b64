import type { BoardEvent } from '../../ports';
import type { ShownSoundTurn } from '../judged-turn';
import { en, type Messages } from '../language';
import { plain } from '../wording';
import type { Dot } from './timeline-lanes';

type Turn = Pick<ShownSoundTurn, 'record' | 'measurement'>;

/** Host time of a rig sample, from a mark that has both; undefined when none has. */
export function hostAtMsOf({ record, measurement }: Turn): ((rigSample: number) => number) | undefined {
  const anchor = measurement.marks.find(({ atRigSample }) => atRigSample !== undefined);
  const { capture } = record;
  if (capture === undefined || anchor?.atRigSample === undefined) return undefined;
  const { atRigSample, hostAtMs } = anchor;
  return (rigSample) => hostAtMs + ((rigSample - atRigSample) * 1000) / capture.rateHz;
}

/** Markers of a turn's course: the call's own line shows the call, heap and clock are no part of the picture. */
const shownMarkers: ReadonlySet<string> = new Set([
  'mic-opened',
  'speech-started',
  'speech-stopped',
  'first-packet-out',
  'first-audio-in',
  'first-i2s-out',
]);

const namedEvents: ReadonlySet<BoardEvent['type']> = new Set([
  'media-lost',
  'network-lost',
  'session-ready',
  'session-ended',
]);

/** What an event of the board is called in the picture; undefined: it is not shown. */
function labelOf(event: BoardEvent, { timeline }: Messages): string | undefined {
  if (event.type === 'function-call')
    return event.repeated === true ? timeline.again(event.name) : event.name;
  if (event.type === 'boot') return timeline.boot(plain(event.resetCause));
  if (event.type === 'fault') return event.error.code;
  if (event.type === 'marker') return shownMarkers.has(event.marker) ? event.marker : undefined;
  if (event.type === 'complaint') return plain(event.text).slice(0, 40);
  return namedEvents.has(event.type) ? timeline.boardEvents[event.type] : undefined;
}

/** What the board did, at its own stamp where its clock is known well enough. */
export const boardDots = ({ record, measurement }: Turn, words: Messages): Dot[] =>
  record.boardEvents.flatMap((event): Dot[] => {
    const own = measurement.deviceMarks?.find(
      ({ lineIndex, type }) => lineIndex === event.lineIndex && type === event.type,
    );
    const label = labelOf(event, words);
    return label === undefined ? [] : [{ hostAtMs: own?.hostAtMs ?? event.hostAtMs, label }];
  });

/** What the provider did that a person looks for. */
export const providerDots = ({ record }: Pick<Turn, 'record'>, { timeline }: Messages): Dot[] =>
  record.providerEvents.flatMap((event): Dot[] =>
    event.type === 'tool-call'
      ? [{ hostAtMs: event.hostAtMs, label: timeline.asks(event.name) }]
      : event.type === 'error'
        ? [{ hostAtMs: event.hostAtMs, label: event.code }]
        : [],
  );

/** The stretch of host time that the picture of a turn shows, zero at the prompt's last speech sample; undefined without marks. */
export function axisOf(
  turn: Turn,
): { readonly fromMs: number; readonly toMs: number; readonly zeroMs: number } | undefined {
  const { marks } = turn.measurement;
  const all = marks.map(({ hostAtMs }) => hostAtMs);
  if (all.length === 0) return undefined;
  const extra = [...boardDots(turn, en), ...providerDots(turn, en)].map(({ hostAtMs }) => hostAtMs);
  const zeroMs = marks.find(({ name }) => name === 'promptOffset')?.hostAtMs;
  return {
    fromMs: Math.min(...all) - 120,
    toMs: Math.max(...all, ...extra) + 220,
    zeroMs: zeroMs ?? Math.min(...all),
  };
}

/** The same in samples from the capture's first, which may lie outside of it; undefined where nothing places the capture. */
export function shownStretch(
  turn: Turn,
): { readonly fromSample: number; readonly toSample: number } | undefined {
  const axis = axisOf(turn);
  const hostAtMs = hostAtMsOf(turn);
  const { capture } = turn.record;
  if (axis === undefined || hostAtMs === undefined || capture === undefined) return undefined;
  const firstAtMs = hostAtMs(capture.firstRigSample);
  const sampleAt = (ms: number): number => ((ms - firstAtMs) * capture.rateHz) / 1000;
  return { fromSample: sampleAt(axis.fromMs), toSample: sampleAt(axis.toMs) };
}
