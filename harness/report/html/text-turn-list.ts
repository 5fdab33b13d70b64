import { measures, textMeasureNames } from '../../measurement';
import type { ShownTextTurn } from '../judged-turn';
import {
  answerCheckInWords,
  answerInWords,
  measuredInWords,
  outcomeInWords,
  questionInWords,
} from '../wording';
import { barStrip } from './bar-strip';
import { findingList } from './findings';
import { html, type Markup } from './markup';
import { namedValues } from './named-values';
import { textPartsOf } from './text-turn-parts';
import { textTimeline, zeroOfText } from './text-timeline';
import { turnLogs } from './turn-logs';

function writing({ record, measurement, ...turn }: ShownTextTurn): Markup {
  const { sent, tokens, boardClockSkewMs } = measurement;
  const whole = { record, measurement, ...turn };
  const entries: readonly (readonly [string, string])[] = [
    ['asked', questionInWords(whole)],
    ...(sent === undefined ? [] : [['sent', sent] as const]),
    ['printed', answerInWords(whole)],
    ['the answer is', answerCheckInWords(whole)],
    ...(tokens === undefined ? [] : [['tokens', String(tokens)] as const]),
    ...(record.ordered === undefined ? [] : [['ordered to go wrong', record.ordered] as const]),
    ...(boardClockSkewMs === undefined
      ? []
      : [['clock of the board', `${(boardClockSkewMs / 1000).toFixed(0)} s off`] as const]),
    ...(record.boardDate?.state === 'unset'
      ? [
          [
            'clock of the board',
            `not set${record.boardDate.reason === undefined ? '' : `: ${record.boardDate.reason}`}`,
          ] as const,
        ]
      : []),
  ];
  return namedValues(entries);
}

/** Everything about one turn in writing below its row. */
export function textTurnDetail(turn: ShownTextTurn): Markup {
  return html`<div class="detail">
    ${turn.findings.length > 0 && findingList(turn.findings, false)} ${textTimeline(turn)}
    <div class="columns">
      <section>
        <h4>Measures, ms</h4>
        <table class="compact">
          <tbody>
            ${textMeasureNames.map(
              (name) =>
                html`<tr>
                  <td>${measures[name].title}</td>
                  <td class="num">${measuredInWords(turn.measurement.measures[name])}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </section>
      <section>
        <h4>Question and answer</h4>
        ${writing(turn)}
      </section>
      <section>
        <h4>Where the time goes, ms</h4>
        <table class="compact">
          <tbody>
            ${textPartsOf(turn).map(
              ({ colour, title, ms }) =>
                html`<tr>
                  <td><i class="part ${colour}"></i>${title}</td>
                  <td class="num">${ms.toFixed(1)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </section>
    </div>
    ${turnLogs(turn.record, zeroOfText(turn), 'question')}
  </div>`;
}

/** Turns in writing as rows that open. */
export function textTurnRows(turns: readonly ShownTextTurn[]): Markup {
  const mostMs = Math.max(1, ...turns.map((turn) => textPartsOf(turn).reduce((sum, { ms }) => sum + ms, 0)));
  return html`<div class="turns text-turns">
    <div class="turn-row turn-titles" aria-hidden="true">
      <span></span><span>turn</span><span>question</span><span>answer</span
      ><span class="num">question to answer, ms</span><span>parts</span><span>outcome</span>
    </div>
    ${turns.map((turn) => {
      const { record, measurement, outcome } = turn;
      const isAnswered =
        measurement.answerCheck.state === 'same' || measurement.answerCheck.state === 'unknown';
      return html`<details class="turn ${outcome}" id="${record.turnId}" data-outcome="${outcome}">
        <summary class="turn-row">
          <span class="chevron" aria-hidden="true"></span><span class="id">${record.turnId}</span>
          <span class="prompt" lang="${record.prompt?.language ?? ''}">${questionInWords(turn)}</span>
          <span class="${isAnswered ? '' : 'bad'}">${answerInWords(turn)}</span>
          <span class="num">${measuredInWords(measurement.measures.questionToAnswer)}</span>
          <span>${barStrip(textPartsOf(turn), mostMs)}</span>
          <span><span class="pill ${outcome}">${outcomeInWords[outcome]}</span></span>
        </summary>
        ${textTurnDetail(turn)}
      </details>`;
    })}
  </div>`;
}
