import type { Mark } from '../../measurement';
import { displayWidth } from '../display-width';
import type { ShownSoundTurn } from '../judged-turn';
import type { Messages } from '../language';
import { plusMinus } from '../wording';
import { html, type Markup } from './markup';
import { heardStrip, lostStrip } from './network';
import type { Scale } from './scale';
import { dotsOn, LANE_HEIGHT, laneOf, LEFT, placeOn, RIGHT, ticksOn, timelineOf } from './timeline-lanes';
import { axisOf, boardDots, hostAtMsOf, providerDots } from './turn-axis';
import { SPECTROGRAM_DB, type TurnSoundSummary } from './turn-sound';

/** Height of a spectrogram, and what lies between lanes. */
const SPECTRUM_HEIGHT = 38;
const GAP = 10;
const SPECTRUM_GAP = 2;

type Marks = Partial<Record<Mark['name'], Mark>>;

/** Top of each lane; those of spectrograms are undefined where there is none. */
interface Tops {
  readonly prompt: number;
  readonly promptSpectrum: number | undefined;
  readonly provider: number;
  readonly board: number;
  readonly reply: number;
  readonly replySpectrum: number | undefined;
}

function topsOf(hasSpectra: boolean): Tops {
  const prompt = 26;
  const spectrum = (below: number): number => below + LANE_HEIGHT + SPECTRUM_GAP;
  const behind = (top: number): number =>
    (hasSpectra ? spectrum(top) + SPECTRUM_HEIGHT : top + LANE_HEIGHT) + GAP;
  const provider = behind(prompt);
  const board = provider + LANE_HEIGHT + GAP;
  const reply = board + LANE_HEIGHT + GAP;
  return {
    prompt,
    promptSpectrum: hasSpectra ? spectrum(prompt) : undefined,
    provider,
    board,
    reply,
    replySpectrum: hasSpectra ? spectrum(reply) : undefined,
  };
}

type Channel = TurnSoundSummary['channels'][number];

/** Where a summary lies on the axis: its left edge and its width; undefined where nothing places the capture. */
function placeOf(
  turn: ShownSoundTurn,
  { firstSample, lengthSamples }: TurnSoundSummary,
  x: Scale,
): { readonly left: number; readonly width: number } | undefined {
  const hostAtMs = hostAtMsOf(turn);
  const { capture } = turn.record;
  if (hostAtMs === undefined || capture === undefined) return undefined;
  const first = capture.firstRigSample + firstSample;
  const left = x(hostAtMs(first));
  return { left, width: x(hostAtMs(first + lengthSamples)) - left };
}

/**
 * Peaks of one channel as strokes around the middle of a lane, scaled to its own loudest point. One path of small integers,
 * stretched by a transform: with thousands of turns the waveforms are most of the page.
 */
function waveform(
  { peaks }: Pick<Channel, 'peaks'>,
  { left, width }: { readonly left: number; readonly width: number },
  top: number,
): Markup | undefined {
  if (peaks.length === 0) return undefined;
  const loudest = Math.max(0.001, ...peaks);
  const step = width / peaks.length;
  const strokes = peaks.map((peak, index) => {
    const size = Math.round((peak / loudest) * (LANE_HEIGHT / 2 - 2));
    const at = left + step * (index + 0.5);
    return size === 0 || at < LEFT || at > RIGHT ? '' : `M${index}-${size}V${size}`;
  });
  const d = strokes.join('');
  const place = `translate(${(left + step / 2).toFixed(2)} ${top + LANE_HEIGHT / 2}) scale(${step.toFixed(4)} 1)`;
  return d === '' ? undefined : html`<path class="wave" transform="${place}" d="${d}" />`;
}

function spectrogram(
  { spectrogram: png }: Channel,
  { left, width }: { readonly left: number; readonly width: number },
  top: number | undefined,
  title: string,
): Markup | undefined {
  if (png === undefined || top === undefined) return undefined;
  return html`<image
    class="spectrogram"
    x="${left}"
    width="${width.toFixed(2)}"
    y="${top}"
    height="${SPECTRUM_HEIGHT}"
    preserveAspectRatio="none"
    href="data:image/png;base64,${png}"
  >
    <title>${title}</title>
  </image>`;
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
  const fits = kind !== 'speech' && width > displayWidth(label) * 6.4 + 6;
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

const markLanes: Readonly<Record<Mark['name'], 'prompt' | 'provider' | 'board' | 'reply'>> = {
  promptOnset: 'prompt',
  promptOffset: 'prompt',
  interruptionOnset: 'prompt',
  interruptionOffset: 'prompt',
  uplinkEnd: 'provider',
  endpoint: 'provider',
  firstAudioOut: 'provider',
  functionCall: 'board',
  replyOnset: 'reply',
  replyOffset: 'reply',
  replySilence: 'reply',
};

/** `prompt ends 0 ±1.1 ms`, counted from the prompt's end. */
function markInWords({ name, hostAtMs, uncertaintyMs }: Mark, zeroMs: number, words: Messages): string {
  const at = (hostAtMs - zeroMs).toFixed(uncertaintyMs < 1 ? 1 : 0);
  return words.timeline.mark(words.detail.markNames[name], at, plusMinus(uncertaintyMs));
}

/**
 * Each mark as a line through its lane and its spectrogram, in a band of twice its standard uncertainty to both sides, which holds the
 * true instant in 95 of 100 cases.
 */
const markBands = (turn: ShownSoundTurn, tops: Tops, zeroMs: number, x: Scale, words: Messages): Markup[] =>
  turn.measurement.marks.map((mark) => {
    const { name, hostAtMs, uncertaintyMs } = mark;
    const lane = markLanes[name];
    const spectrum =
      lane === 'prompt' ? tops.promptSpectrum : lane === 'reply' ? tops.replySpectrum : undefined;
    const bottom = spectrum === undefined ? tops[lane] + LANE_HEIGHT : spectrum + SPECTRUM_HEIGHT;
    const left = x(hostAtMs - 2 * uncertaintyMs);
    return html`<g class="mark-at"
      ><title>${markInWords(mark, zeroMs, words)}</title>
      <rect
        x="${left}"
        width="${(x(hostAtMs + 2 * uncertaintyMs) - left).toFixed(2)}"
        y="${tops[lane]}"
        height="${bottom - tops[lane]}" /><path d="M${x(hostAtMs)} ${tops[lane]}V${bottom}"
    /></g>`;
  });

/** What the link lost, on the lane that it left from, and what the reply's sound shows of that. */
function lossStrips(
  turn: ShownSoundTurn,
  tops: Tops,
  x: Scale,
  words: Messages,
): readonly (Markup | undefined)[] {
  const { network } = turn.record;
  const { reply } = turn.measurement;
  const hostAtMs = hostAtMsOf(turn);
  const stretches = reply.state === 'found' ? (reply.quality?.stretches ?? []) : [];
  return [
    ...lostStrip(network?.up.bursts ?? [], tops.prompt + LANE_HEIGHT, x, words),
    ...lostStrip(network?.down.bursts ?? [], tops.provider + LANE_HEIGHT, x, words),
    ...(hostAtMs === undefined ? [] : heardStrip(stretches, hostAtMs, tops.reply + LANE_HEIGHT, x, words)),
  ];
}

/** What was recorded on one channel: its waveform, and below it its spectrogram. */
function heard(
  turn: ShownSoundTurn,
  sound: TurnSoundSummary | undefined,
  role: 'loopback' | 'speaker',
  [top, spectrumTop]: readonly [number, number | undefined],
  x: Scale,
  words: Messages,
): readonly (Markup | undefined)[] {
  const channel = sound?.channels.find((one) => one.role === role);
  const place = sound && placeOf(turn, sound, x);
  if (channel === undefined || place === undefined) return [];
  const of = role === 'loopback' ? words.timeline.prompt : words.timeline.reply;
  const title = words.timeline.spectrogram(of, SPECTROGRAM_DB);
  return [waveform(channel, place, top), spectrogram(channel, place, spectrumTop, title)];
}

/**
 * Marks of a turn on one time axis, zero at the prompt's last speech sample: what the rig played, what the provider decided, what
 * the board did, what the rig heard, as waveforms and spectrograms. Undefined when the turn has no marks.
 */
export function timeline(
  turn: ShownSoundTurn,
  sound: TurnSoundSummary | undefined,
  words: Messages,
): Markup | undefined {
  const marks = Object.fromEntries(turn.measurement.marks.map((mark) => [mark.name, mark])) as Marks;
  const shown = axisOf(turn);
  if (shown === undefined) return undefined;
  const own = words.timeline;
  const axis = { ...shown, title: own.afterPrompt };
  const x = placeOn(axis);
  const hasSpectra = sound?.channels.some(({ spectrogram: png }) => png !== undefined) === true;
  const tops = topsOf(hasSpectra);
  const { promptOnset, promptOffset, uplinkEnd, endpoint, firstAudioOut, replyOnset, replyOffset } = marks;
  const { interruptionOnset, interruptionOffset, replySilence } = marks;
  const { voiceToVoice } = turn.measurement.measures;
  const total = voiceToVoice.state === 'measured' ? own.total(voiceToVoice.valueMs.toFixed(1)) : undefined;
  const { consoleLines, providerEvents } = turn.record;
  const lanes = [
    laneOf('prompt', tops.prompt, words),
    ...(tops.promptSpectrum === undefined
      ? []
      : [laneOf('promptSpectrum', tops.promptSpectrum, words, SPECTRUM_HEIGHT)]),
    laneOf('provider', tops.provider, words),
    laneOf('board', tops.board, words),
    laneOf('reply', tops.reply, words),
    ...(tops.replySpectrum === undefined
      ? []
      : [laneOf('replySpectrum', tops.replySpectrum, words, SPECTRUM_HEIGHT)]),
  ];
  const inWords = turn.measurement.marks
    .map((mark) => markInWords(mark, axis.zeroMs, words))
    .join(words.list);
  const promptBottom =
    tops.promptSpectrum === undefined ? tops.prompt + LANE_HEIGHT : tops.promptSpectrum + SPECTRUM_HEIGHT;
  return timelineOf(
    own.alt(turn.record.turnId, inWords),
    axis,
    lanes,
    html`${span(promptOnset, promptOffset, tops.prompt, 'speech', own.prompt, x)}
    ${heard(turn, sound, 'loopback', [tops.prompt, tops.promptSpectrum], x, words)}
    ${span(uplinkEnd, endpoint, tops.provider, 'endpointing', own.endpointing, x)}
    ${span(endpoint, firstAudioOut, tops.provider, 'ttfa', own.firstAudio, x)}
    ${span(leadInFrom(turn, replyOnset), replyOnset, tops.reply, 'lead-in', own.leadIn, x)}
    ${span(interruptionOnset, interruptionOffset, tops.prompt, 'speech', own.interruption, x)}
    ${span(replyOnset, replySilence ?? replyOffset, tops.reply, 'speech', own.reply, x)}
    ${heard(turn, sound, 'speaker', [tops.reply, tops.replySpectrum], x, words)}
    ${markBands(turn, tops, axis.zeroMs, x, words)} ${lossStrips(turn, tops, x, words)}
    ${link(promptOffset, uplinkEnd, [promptBottom, tops.provider], 'uplink', x)}
    ${link(firstAudioOut, leadInFrom(turn, replyOnset), [tops.provider + LANE_HEIGHT, tops.reply], 'downlink', x)}
    ${
      voiceToVoice.state === 'censored' &&
      html`<text class="missing" x="${RIGHT - 10}" y="${tops.reply + 18}" text-anchor="end"
        >${own.noReply(voiceToVoice.aboveMs)}</text
      >`
    }
    ${ticksOn(
      tops.provider,
      providerEvents.map(({ hostAtMs }) => hostAtMs),
      x,
      own.events(providerEvents.length),
    )}
    ${ticksOn(
      tops.board,
      consoleLines.map(({ hostAtMs }) => hostAtMs),
      x,
      own.lines(consoleLines.length),
    )}
    ${dotsOn(tops.provider, 'provider', providerDots(turn, words), x)}
    ${dotsOn(tops.board, 'board', boardDots(turn, words), x)}
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
