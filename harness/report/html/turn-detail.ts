import {
  measures,
  soundMeasureNames,
  type CallHops,
  type CallObservation,
  type ReplyCheck,
  type SoundMeasureName,
} from '../../measurement';
import type { ShownSoundTurn } from '../judged-turn';
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

function players({ record }: ShownSoundTurn, inline: InlineAudio | undefined): Markup | undefined {
  const files = [
    ...(record.capture === undefined ? [] : [['What the rig heard', record.capture.path] as const]),
    ...(record.received === undefined ? [] : [['What the provider received', record.received.path] as const]),
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
            aria-label="${title}, ${record.turnId}"
          ></audio>
        </figure>`,
    )}
  </div>`;
}

const json = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));

const hopTitles: readonly (readonly [keyof CallHops, string])[] = [
  ['promptToAsked', 'prompt → asked'],
  ['askedToExecuted', 'asked → executed'],
  ['executedToEffect', 'executed → effect'],
  ['askedToOutput', 'asked → output back'],
  ['executedToOutput', 'executed → output back'],
];

/** One line for each hop; a turn that an older version measured has none. */
const hopList = (hops: CallHops = {}): Markup[] =>
  hopTitles.flatMap(([name, title]) => {
    const hop = hops[name];
    return hop === undefined ? [] : html`<div>${title} ${inMs(hop.ms)} ${plusMinus(hop.uncertaintyMs)}</div>`;
  });

/** Effects in order; those that contradict what was asked for stand out. */
const effectList = (effects: readonly string[], contradicting: readonly string[] = []): Markup[] =>
  effects.map((effect, index) => {
    const text = `${index > 0 ? ', ' : ''}${plain(effect)}`;
    return contradicting.includes(effect) ? html`<span class="bad">${text}</span>` : html`${text}`;
  });

/** One call: what was asked, executed and shown, below each other, since arguments are long and the column is narrow. */
function callPairs({ name, asked, executed, effects, contradicting, hops }: CallObservation): Markup {
  const runs = executed.map(
    (run) => html`<code>${run.arguments === undefined ? 'no JSON' : json(run.arguments)}</code> `,
  );
  const took = hopList(hops);
  const entries: readonly (readonly [string, MarkupValue])[] = [
    ['call', html`<code>${name}</code>`],
    ['asked', asked === undefined ? 'not asked' : html`<code>${json(asked.arguments)}</code>`],
    ['executed', runs.length === 0 ? html`<span class="bad">never</span>` : runs],
    ...(effects.length === 0 ? [] : [['effect', effectList(effects, contradicting)] as const]),
    ...(took.length === 0 ? [] : [['took, ms', html`<div class="hops">${took}</div>`] as const]),
  ];
  return html`<dl class="pairs call">
    ${entries.map(
      ([title, value]) =>
        html`<dt>${title}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

function calls({ measurement, record }: ShownSoundTurn): Markup {
  if (measurement.calls.length > 0) return html`${measurement.calls.map(callPairs)}`;
  const expected = record.expected.calls.map(({ name }) => name).join(', ');
  return html`<p class="empty">
    ${expected === '' ? 'No call was expected and none was seen.' : `The provider did not ask for ${expected}.`}
  </p>`;
}

const dB = (level: number | undefined): string =>
  level === undefined ? 'not known' : Number.isFinite(level) ? `${level.toFixed(1)} dBFS` : 'silence';

function replyText(reply: ReplyCheck): string {
  switch (reply.state) {
    case 'found':
      return `${(reply.completeness * 100).toFixed(0)} % of ${reply.replyId}, ${dB(reply.levelDbFs)}, drift ${reply.driftPpm.toFixed(0)} ppm`;
    case 'not-found':
      return `${reply.replyId} not found, ${dB(reply.levelDbFs)}`;
    case 'heard':
      return `speech of unknown wording, ${dB(reply.levelDbFs)}, onset ± ${reply.onsetUncertaintyMs.toFixed(1)} ms; completeness cannot be judged`;
    case 'not-heard':
      return `no speech heard (${reply.reason}), ${dB(reply.levelDbFs)}; what was sent is not known`;
    case 'not-sent':
      return 'none was sent';
  }
}

function sound({ measurement, record }: ShownSoundTurn): Markup {
  const { reply, witness, levels, take, selfCheck, callDetour } = measurement;
  const lateReply = measurement.interruption?.reply;
  const stop = selfCheck?.bargeInStop;
  const calledBy = measurement.marks.find(({ name }) => name === 'functionCall')?.stampedBy;
  const entries: (readonly [string, string])[] = [
    ['reply', replyText(reply)],
    ...(lateReply === undefined ? [] : [['reply to the interruption', replyText(lateReply)] as const]),
    [
      'prompt',
      `${witness.onLoopback ? 'on loopback' : 'not on loopback'}, ${witness.asBleed ? 'in the room' : 'not found in the room'}; provider received ${dB(witness.receivedLevelDbFs)}`,
    ],
    ...(calledBy === undefined
      ? []
      : [
          [
            'call',
            `timed by ${calledBy === 'device' ? "the board's own clock" : 'the arrival of its line'}`,
          ] as const,
        ]),
    ...(callDetour === undefined
      ? []
      : [
          [
            'first audio',
            `${callDetour.toCallMs.toFixed(0)} ms to the call, ${callDetour.throughBoardMs.toFixed(0)} ms through the firmware, ${callDetour.toAudioMs.toFixed(0)} ms to the first packet`,
          ] as const,
        ]),
    ...(record.conditions === undefined ? [] : [['played', playedInWords(record.conditions)] as const]),
    ['levels', `loopback ${dB(levels.loopbackDbFs)}, noise floor ${dB(levels.noiseFloorDbFs)}`],
    ...(record.capture === undefined
      ? []
      : [
          [
            'capture',
            take === undefined
              ? `lag ${record.capture.maxLagMs.toFixed(1)} ms, ${record.capture.overruns} overruns`
              : takeInWords(take, record),
          ] as const,
        ]),
    ...(selfCheck === undefined
      ? []
      : [
          [
            'self-check',
            `truth ${selfCheck.voiceToVoiceTruthMs.toFixed(3)} ms, error ${selfCheck.voiceToVoiceErrorMs.toFixed(4)} ms${stop === undefined ? '' : `; barge-in stop: truth ${stop.truthMs.toFixed(1)} ms, error ${stop.errorMs.toFixed(1)} ± ${stop.uncertaintyMs.toFixed(1)} ms`}`,
          ] as const,
        ]),
  ];
  return namedValues(entries);
}

/** The measure of an interruption is of no meaning where nobody interrupted. */
const isShown = (name: SoundMeasureName, { interruption }: ShownSoundTurn['record']): boolean =>
  name !== 'bargeInStop' || interruption !== undefined;

/** The board's own voice in what it sent; nothing where it was not measured. */
function echoRow({ echo }: ShownSoundTurn['measurement']): Markup | undefined {
  if (echo?.state !== 'measured') return undefined;
  const bound = echo.delayMs === undefined ? 'below ' : '';
  return html`<tr>
    <td>echo re prompt</td>
    <td class="num">${bound}${echo.levelDb.toFixed(0)} dB${echo.leaks ? ', leaks' : ''}</td>
  </tr>`;
}

/** Everything about one turn below its row. */
export function turnDetail(
  turn: ShownSoundTurn,
  soundSummary: TurnSoundSummary | undefined,
  inline: InlineAudio | undefined,
): Markup {
  const { record, measurement } = turn;
  const zeroMs =
    measurement.marks.find(({ name }) => name === 'promptOffset')?.hostAtMs ?? record.startedAtHostMs;
  return html`<div class="detail">
    ${turn.findings.length > 0 && findingList(turn.findings, false)} ${timeline(turn, soundSummary)}
    <div class="columns">
      <section>
        <h4>Measures, ms</h4>
        <table class="compact">
          <tbody>
            ${soundMeasureNames
              .filter((name) => isShown(name, record))
              .map(
                (name) =>
                  html`<tr>
                    <td><i class="part ${name}"></i>${measures[name].title}</td>
                    <td class="num">${measuredInWords(measurement.measures[name])}</td>
                  </tr>`,
              )}
            ${echoRow(measurement)}
          </tbody>
        </table>
      </section>
      <section>
        <h4>Calls</h4>
        ${calls(turn)}
      </section>
      <section>
        <h4>Sound</h4>
        ${sound(turn)} ${replyQualityTable(turn.measurement)} ${networkTable(turn)}
      </section>
    </div>
    ${players(turn, inline)} ${turnLogs(record, zeroMs, 'prompt')}
  </div>`;
}
