import type { Mark } from '../../measurement';
import type { ShownSoundTurn } from '../judged-turn';
import { plain } from '../wording';
import { html, type Markup } from './markup';
import { heardStrip, lostStrip } from './network';
import type { Scale } from './scale';
import { dotsOn, LANE_HEIGHT, LEFT, placeOn, RIGHT, timelineOf, type Dot } from './timeline-lanes';
import type { TurnSoundSummary } from './turn-sound';

/** Top of each lane. */
const LANES = { prompt: 26, provider: 82, board: 138, reply: 194 } as const;

type Marks = Partial<Record<Mark['name'], Mark>>;

/** Host time of a rig sample, from a mark that has both; undefined when none has. */
function hostAtMsOf(turn: ShownSoundTurn): ((rigSample: number) => number) | undefined {
  const anchor = turn.measurement.marks.find(({ atRigSample }) => atRigSample !== undefined);
  const { capture } = turn.record;
  if (capture === undefined || anchor?.atRigSample === undefined) return undefined;
  const { atRigSample, hostAtMs } = anchor;
  return (rigSample) => hostAtMs + ((rigSample - atRigSample) * 1000) / capture.rateHz;
}

/**
 * Peaks of one channel as strokes around the middle of a lane, scaled to its own loudest point. One path of small integers,
 * stretched by a transform: with thousands of turns the waveforms are most of the page.
 */
function waveform(turn: ShownSoundTurn, peaks: readonly number[], top: number, x: Scale): Markup | undefined {
  const hostAtMs = hostAtMsOf(turn);
  const { capture } = turn.record;
  if (hostAtMs === undefined || capture === undefined || peaks.length === 0) return undefined;
  const loudest = Math.max(0.001, ...peaks);
  const first = x(hostAtMs(capture.firstRigSample));
  const step = (x(hostAtMs(capture.firstRigSample + capture.lengthSamples)) - first) / peaks.length;
  const strokes = peaks.map((peak, index) => {
    const size = Math.round((peak / loudest) * (LANE_HEIGHT / 2 - 2));
    const at = first + step * (index + 0.5);
    return size === 0 || at < LEFT || at > RIGHT ? '' : `M${index}-${size}V${size}`;
  });
  const d = strokes.join('');
  const place = `translate(${(first + step / 2).toFixed(2)} ${top + LANE_HEIGHT / 2}) scale(${step.toFixed(4)} 1)`;
  return d === '' ? undefined : html`<path class="wave" transform="${place}" d="${d}" />`;
}

/** A stretch between two instants; undefined where one of them is unknown. */
function span(
  from: Mark | undefined,
  to: Mark | undefined,
  top: number,
  kind: string,
  label: string,
  x: Scale,
): Markup | undefined {
  if (from === undefined || to === undefined || from === to) return undefined;
  const left = x(from.hostAtMs);
  const width = Math.max(1, x(to.hostAtMs) - left);
  const fits = kind !== 'speech' && width > label.length * 6.4 + 6;
  return html`<g
    ><rect class="span ${kind}" x="${left}" width="${width}" y="${top}" height="${LANE_HEIGHT}" rx="3">
      <title>${label}</title> </rect
    >${fits && html`<text class="in ${kind}" x="${left + width / 2}" y="${top + LANE_HEIGHT / 2 + 4}" text-anchor="middle">${label}</text>`}</g
  >`;
}

/** The way of the sound from one lane to another. */
function link(
  from: Mark | undefined,
  to: Mark | undefined,
  tops: readonly [number, number],
  kind: string,
  x: Scale,
): Markup | undefined {
  if (from === undefined || to === undefined) return undefined;
  return html`<line
    class="link ${kind}"
    x1="${x(from.hostAtMs)}"
    y1="${tops[0]}"
    x2="${x(to.hostAtMs)}"
    y2="${tops[1]}"
  />`;
}

/** Where the reply's first sample must have sounded: its onset less the lead-in. */
function leadInFrom({ measurement }: ShownSoundTurn, replyOnset: Mark | undefined): Mark | undefined {
  const { replyLeadIn } = measurement.measures;
  if (replyOnset === undefined || replyLeadIn.state !== 'measured') return replyOnset;
  return { ...replyOnset, hostAtMs: replyOnset.hostAtMs - Math.max(0, replyLeadIn.valueMs) };
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

/** What the board did, at its own stamp where its clock is known well enough. */
const boardDots = ({ record, measurement }: ShownSoundTurn): Dot[] =>
  record.boardEvents.flatMap((event): Dot[] => {
    const own = measurement.deviceMarks?.find(
      ({ lineIndex, type }) => lineIndex === event.lineIndex && type === event.type,
    );
    const hostAtMs = own?.hostAtMs ?? event.hostAtMs;
    if (event.type === 'function-call')
      return [{ hostAtMs, label: `${event.name}${event.repeated === true ? ' again' : ''}` }];
    if (event.type === 'media-lost') return [{ hostAtMs, label: 'sound not connected' }];
    if (event.type === 'session-ready') return [{ hostAtMs, label: 'session ready' }];
    if (event.type === 'session-ended') return [{ hostAtMs, label: 'session ended' }];
    if (event.type === 'boot') return [{ hostAtMs, label: `boot: ${plain(event.resetCause)}` }];
    if (event.type === 'fault') return [{ hostAtMs, label: event.error.code }];
    if (event.type === 'marker')
      return shownMarkers.has(event.marker) ? [{ hostAtMs, label: event.marker }] : [];
    return event.type === 'complaint' ? [{ hostAtMs, label: plain(event.text).slice(0, 40) }] : [];
  });

const providerDots = ({ record }: ShownSoundTurn): Dot[] =>
  record.providerEvents.flatMap((event): Dot[] =>
    event.type === 'tool-call'
      ? [{ hostAtMs: event.hostAtMs, label: `asks ${event.name}` }]
      : event.type === 'error'
        ? [{ hostAtMs: event.hostAtMs, label: event.code }]
        : [],
  );

/** What the link lost, on the lane that it left from, and what the reply's sound shows of that. */
function lossStrips(turn: ShownSoundTurn, x: Scale): readonly (Markup | undefined)[] {
  const { network } = turn.record;
  const { reply } = turn.measurement;
  const hostAtMs = hostAtMsOf(turn);
  const stretches = reply.state === 'found' ? (reply.quality?.stretches ?? []) : [];
  return [
    ...lostStrip(network?.up.bursts ?? [], LANES.prompt + LANE_HEIGHT, x),
    ...lostStrip(network?.down.bursts ?? [], LANES.provider + LANE_HEIGHT, x),
    ...(hostAtMs === undefined ? [] : heardStrip(stretches, hostAtMs, LANES.reply + LANE_HEIGHT, x)),
  ];
}

/**
 * Marks of a turn on one time axis, zero at the prompt's last speech sample: what the rig played, what the provider decided, what
 * the board did, what the rig heard. Undefined when the turn has no marks.
 */
export function timeline(turn: ShownSoundTurn, sound: TurnSoundSummary | undefined): Markup | undefined {
  const marks = Object.fromEntries(turn.measurement.marks.map((mark) => [mark.name, mark])) as Marks;
  const all = turn.measurement.marks.map(({ hostAtMs }) => hostAtMs);
  if (all.length === 0) return undefined;
  const zero = marks.promptOffset?.hostAtMs ?? Math.min(...all);
  const extra = [...boardDots(turn), ...providerDots(turn)].map(({ hostAtMs }) => hostAtMs);
  const axis = {
    fromMs: Math.min(...all) - 120,
    toMs: Math.max(...all, ...extra) + 220,
    zeroMs: zero,
    zeroIs: 'prompt',
  };
  const x = placeOn(axis);
  const peaksOf = (role: 'loopback' | 'speaker'): readonly number[] =>
    sound?.channels.find((channel) => channel.role === role)?.peaks ?? [];
  const { promptOnset, promptOffset, uplinkEnd, endpoint, firstAudioOut, replyOnset, replyOffset } = marks;
  const { interruptionOnset, interruptionOffset, replySilence } = marks;
  const { voiceToVoice } = turn.measurement.measures;
  const total =
    voiceToVoice.state === 'measured' ? `voice-to-voice ${voiceToVoice.valueMs.toFixed(1)} ms` : undefined;
  const lanes = [
    { top: LANES.prompt, title: 'prompt', sub: 'rig → microphone' },
    { top: LANES.provider, title: 'provider', sub: 'hears, decides, sends' },
    { top: LANES.board, title: 'board', sub: 'console' },
    { top: LANES.reply, title: 'reply', sub: 'speaker → rig' },
  ];
  return timelineOf(
    turn.record.turnId,
    axis,
    lanes,
    html`${span(promptOnset, promptOffset, LANES.prompt, 'speech', 'prompt', x)}
    ${waveform(turn, peaksOf('loopback'), LANES.prompt, x)}
    ${span(uplinkEnd, endpoint, LANES.provider, 'endpointing', 'endpointing', x)}
    ${span(endpoint, firstAudioOut, LANES.provider, 'ttfa', 'first audio', x)}
    ${span(leadInFrom(turn, replyOnset), replyOnset, LANES.reply, 'lead-in', 'lead-in', x)}
    ${span(interruptionOnset, interruptionOffset, LANES.prompt, 'speech', 'interruption', x)}
    ${span(replyOnset, replySilence ?? replyOffset, LANES.reply, 'speech', 'reply', x)}
    ${waveform(turn, peaksOf('speaker'), LANES.reply, x)} ${lossStrips(turn, x)}
    ${link(promptOffset, uplinkEnd, [LANES.prompt + LANE_HEIGHT, LANES.provider], 'uplink', x)}
    ${link(firstAudioOut, leadInFrom(turn, replyOnset), [LANES.provider + LANE_HEIGHT, LANES.reply], 'downlink', x)}
    ${
      voiceToVoice.state === 'censored' &&
      html`<text class="missing" x="${RIGHT - 10}" y="${LANES.reply + 18}" text-anchor="end"
        >no reply within ${voiceToVoice.aboveMs} ms</text
      >`
    }
    ${dotsOn(LANES.provider, 'provider', providerDots(turn), x)}
    ${dotsOn(LANES.board, 'board', boardDots(turn), x)}
    ${
      promptOffset !== undefined &&
      replyOnset !== undefined &&
      html`<g class="total"
        ><path d="M${x(promptOffset.hostAtMs)} 22V14H${x(replyOnset.hostAtMs)}V22" />
        <text x="${(x(promptOffset.hostAtMs) + x(replyOnset.hostAtMs)) / 2}" y="9" text-anchor="middle"
          >${total ?? ''}</text
        ></g
      >`
    }`,
  );
}
