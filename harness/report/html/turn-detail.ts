import {
  soundMeasureNames,
  type CallHops,
  type CallObservation,
  type ReplyCheck,
  type SoundMeasureName,
} from '../../measurement';
import type { ShownSoundTurn } from '../judged-turn';
import type { Messages } from '../language';
import { playedInWords } from '../condition-words';
import { takeInWords } from '../take-words';
import { inMs, measuredInWords, plain, plusMinus } from '../wording';
import { findingList } from './findings';
import { html, type Markup, type MarkupValue } from './markup';
import { namedValues } from './named-values';
import { networkTable } from './network';
import { replyQualityTable } from './reply-quality';
import { timeline } from './timeline';
import { turnLogs } from './turn-logs';
import type { TurnSoundSummary } from './turn-sound';

/** Bytes of a file of the run; undefined leaves the link to the file. */
export type InlineAudio = (relativePath: string) => Uint8Array | undefined;

const sourceOf = (path: string, inline: InlineAudio | undefined): string => {
  const bytes = inline?.(path);
  return bytes === undefined
    ? path.split('/').map(encodeURIComponent).join('/')
    : `data:audio/wav;base64,${Buffer.from(bytes).toString('base64')}`;
};

function players(
  { record }: ShownSoundTurn,
  inline: InlineAudio | undefined,
  { detail }: Messages,
): Markup | undefined {
  const files = [
    ...(record.capture === undefined ? [] : [[detail.heard, record.capture.path] as const]),
    ...(record.received === undefined ? [] : [[detail.received, record.received.path] as const]),
  ];
  if (files.length === 0) return undefined;
  return html`<div class="players">
    ${files.map(
      ([title, path]) =>
        html`<figure>
          <figcaption>
            ${title}
            <a href="${path.split('/').map(encodeURIComponent).join('/')}"
              >${path.split('/').at(-1) ?? path}</a
            >
          </figcaption>
          <audio
            controls
            preload="none"
            src="${sourceOf(path, inline)}"
            aria-label="${detail.playerOf(title, record.turnId)}"
          ></audio>
        </figure>`,
    )}
  </div>`;
}

const json = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));

const hopNames: readonly (keyof CallHops)[] = [
  'promptToAsked',
  'askedToExecuted',
  'executedToEffect',
  'askedToOutput',
  'executedToOutput',
];

/** One line for each hop; a turn that an older version measured has none. */
const hopList = (hops: CallHops = {}, { detail }: Messages): Markup[] =>
  hopNames.flatMap((name) => {
    const hop = hops[name];
    return hop === undefined
      ? []
      : html`<div>${detail.hops[name]} ${inMs(hop.ms)} ${plusMinus(hop.uncertaintyMs)}</div>`;
  });

/** Effects in order; those that contradict what was asked for stand out. */
const effectList = (effects: readonly string[], contradicting: readonly string[] = []): Markup[] =>
  effects.map((effect, index) => {
    const text = `${index > 0 ? ', ' : ''}${plain(effect)}`;
    return contradicting.includes(effect) ? html`<span class="bad">${text}</span>` : html`${text}`;
  });

/** One call: what was asked, executed and shown, below each other, since arguments are long and the column is narrow. */
function callPairs(
  { name, asked, executed, effects, contradicting, hops }: CallObservation,
  words: Messages,
): Markup {
  const own = words.detail;
  const runs = executed.map(
    (run) => html`<code>${run.arguments === undefined ? own.noJson : json(run.arguments)}</code> `,
  );
  const took = hopList(hops, words);
  const entries: readonly (readonly [string, MarkupValue])[] = [
    [own.call, html`<code>${name}</code>`],
    [own.asked, asked === undefined ? own.notAsked : html`<code>${json(asked.arguments)}</code>`],
    [own.executed, runs.length === 0 ? html`<span class="bad">${own.never}</span>` : runs],
    ...(effects.length === 0
      ? []
      : [[own.effect, html`<span lang="en">${effectList(effects, contradicting)}</span>`] as const]),
    ...(took.length === 0 ? [] : [[own.took, html`<div class="hops">${took}</div>`] as const]),
  ];
  return html`<dl class="pairs call">
    ${entries.map(
      ([title, value]) =>
        html`<dt>${title}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

function calls({ measurement, record }: ShownSoundTurn, words: Messages): Markup {
  if (measurement.calls.length > 0) return html`${measurement.calls.map((call) => callPairs(call, words))}`;
  const expected = record.expected.calls.map(({ name }) => name).join(words.list);
  return html`<p class="empty">
    ${expected === '' ? words.detail.noCall : words.detail.didNotAsk(expected)}
  </p>`;
}

const dB = (level: number | undefined, words: Messages): string =>
  level === undefined
    ? words.unknown
    : Number.isFinite(level)
      ? `${level.toFixed(1)} dBFS`
      : words.detail.silence;

function replyText(reply: ReplyCheck, words: Messages): string {
  const own = words.detail;
  switch (reply.state) {
    case 'found':
      return own.replyFound(
        (reply.completeness * 100).toFixed(0),
        reply.replyId,
        dB(reply.levelDbFs, words),
        reply.driftPpm.toFixed(0),
      );
    case 'not-found':
      return own.replyNotFound(reply.replyId, dB(reply.levelDbFs, words));
    case 'heard':
      return own.replyHeard(dB(reply.levelDbFs, words), reply.onsetUncertaintyMs.toFixed(1));
    case 'not-heard':
      return own.replyNotHeard(words.onsetMisses[reply.reason], dB(reply.levelDbFs, words));
    case 'not-sent':
      return own.replyNotSent;
  }
}

function sound({ measurement, record }: ShownSoundTurn, words: Messages): Markup {
  const own = words.detail;
  const { reply, witness, levels, take, selfCheck, callDetour } = measurement;
  const lateReply = measurement.interruption?.reply;
  const stop = selfCheck?.bargeInStop;
  const calledBy = measurement.marks.find(({ name }) => name === 'functionCall')?.stampedBy;
  const entries: (readonly [string, string])[] = [
    [own.reply, replyText(reply, words)],
    ...(lateReply === undefined ? [] : [[own.lateReply, replyText(lateReply, words)] as const]),
    [own.prompt, own.witness(witness.onLoopback, witness.asBleed, dB(witness.receivedLevelDbFs, words))],
    ...(calledBy === undefined
      ? []
      : [[own.call, calledBy === 'device' ? own.callTimedByDevice : own.callTimedByHost] as const]),
    ...(callDetour === undefined
      ? []
      : [
          [
            own.firstAudio,
            own.detour(
              callDetour.toCallMs.toFixed(0),
              callDetour.throughBoardMs.toFixed(0),
              callDetour.toAudioMs.toFixed(0),
            ),
          ] as const,
        ]),
    ...(record.conditions === undefined
      ? []
      : [[own.played, playedInWords(record.conditions, words)] as const]),
    [own.levels, own.levelsOf(dB(levels.loopbackDbFs, words), dB(levels.noiseFloorDbFs, words))],
    ...(record.capture === undefined
      ? []
      : [
          [
            own.capture,
            take === undefined
              ? words.take.overruns(record.capture.maxLagMs.toFixed(1), record.capture.overruns)
              : takeInWords(take, record, words),
          ] as const,
        ]),
    ...(selfCheck === undefined
      ? []
      : [
          [
            own.selfCheck,
            own.truth(selfCheck.voiceToVoiceTruthMs.toFixed(3), selfCheck.voiceToVoiceErrorMs.toFixed(4)) +
              (stop === undefined
                ? ''
                : own.stopTruth(
                    stop.truthMs.toFixed(1),
                    stop.errorMs.toFixed(1),
                    stop.uncertaintyMs.toFixed(1),
                  )),
          ] as const,
        ]),
  ];
  return namedValues(entries);
}

/** The measure of an interruption is of no meaning where nobody interrupted. */
const isShown = (name: SoundMeasureName, { interruption }: ShownSoundTurn['record']): boolean =>
  name !== 'bargeInStop' || interruption !== undefined;

/** The board's own voice in what it sent; nothing where it was not measured. */
function echoRow({ echo }: ShownSoundTurn['measurement'], { detail }: Messages): Markup | undefined {
  if (echo?.state !== 'measured') return undefined;
  const level = echo.levelDb.toFixed(0);
  return html`<tr>
    <td>${detail.echo}</td>
    <td class="num">
      ${echo.delayMs === undefined ? detail.echoBelow(level) : `${level} dB`}${echo.leaks ? detail.leaks : ''}
    </td>
  </tr>`;
}

/** Every mark with its standard uncertainty, in the order of time: what the picture above shows, in figures. */
function markTable(
  { marks }: ShownSoundTurn['measurement'],
  zeroMs: number,
  { detail }: Messages,
): Markup | undefined {
  if (marks.length === 0) return undefined;
  const inOrder = [...marks].sort((a, b) => a.hostAtMs - b.hostAtMs);
  return html`<h4 class="further">${detail.marks}</h4>
    <table class="compact">
      <tbody>
        ${inOrder.map(
          ({ name, hostAtMs, uncertaintyMs }) =>
            html`<tr>
              <td>${detail.markNames[name]}</td>
              <td class="num">${(hostAtMs - zeroMs).toFixed(1)} ${plusMinus(uncertaintyMs)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

/** Everything about one turn below its row. */
export function turnDetail(
  turn: ShownSoundTurn,
  soundSummary: TurnSoundSummary | undefined,
  inline: InlineAudio | undefined,
  words: Messages,
): Markup {
  const { record, measurement } = turn;
  const zeroMs =
    measurement.marks.find(({ name }) => name === 'promptOffset')?.hostAtMs ?? record.startedAtHostMs;
  return html`<div class="detail">
    ${turn.findings.length > 0 && findingList(turn.findings, false, words)}
    ${timeline(turn, soundSummary, words)} ${players(turn, inline, words)}
    <div class="columns">
      <section>
        <h4>${words.detail.measures}</h4>
        <table class="compact">
          <tbody>
            ${soundMeasureNames
              .filter((name) => isShown(name, record))
              .map(
                (name) =>
                  html`<tr>
                    <td><i class="part ${name}"></i>${words.measures[name].title}</td>
                    <td class="num">${measuredInWords(measurement.measures[name], words)}</td>
                  </tr>`,
              )}
            ${echoRow(measurement, words)}
          </tbody>
        </table>
        ${markTable(measurement, zeroMs, words)}
      </section>
      <section>
        <h4>${words.detail.calls}</h4>
        ${calls(turn, words)}
      </section>
      <section>
        <h4>${words.detail.sound}</h4>
        ${sound(turn, words)} ${replyQualityTable(turn.measurement, words)} ${networkTable(turn, words)}
      </section>
    </div>
    ${turnLogs(record, zeroMs, words.timeline.afterPrompt, words)}
  </div>`;
}
