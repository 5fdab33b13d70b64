import { textMeasureNames } from '../../measurement';
import type { ShownTextTurn } from '../judged-turn';
import type { Messages } from '../language';
import { answerCheckInWords, answerInWords, measuredInWords, questionInWords } from '../wording';
import { barStrip } from './bar-strip';
import { findingList } from './findings';
import { html, type Markup } from './markup';
import { namedValues } from './named-values';
import { textPartsOf } from './text-turn-parts';
import { textTimeline, zeroOfText } from './text-timeline';
import { turnEntry, turnListEnd, turnListOpening } from './turn-entry';
import { turnLogs } from './turn-logs';

function writing({ record, measurement, ...turn }: ShownTextTurn, words: Messages): Markup {
  const own = words.detail;
  const { sent, tokens, boardClockSkewMs } = measurement;
  const whole = { record, measurement, ...turn };
  const entries: readonly (readonly [string, string])[] = [
    [own.asked, questionInWords(whole, words)],
    ...(sent === undefined ? [] : [[own.sent, sent] as const]),
    [own.printed, answerInWords(whole, words)],
    [own.answerIs, answerCheckInWords(whole, words)],
    ...(tokens === undefined ? [] : [[own.tokens, String(tokens)] as const]),
    ...(record.ordered === undefined ? [] : [[own.orderedWrong, record.ordered] as const]),
    ...(boardClockSkewMs === undefined
      ? []
      : [[own.boardClock, own.clockOff((boardClockSkewMs / 1000).toFixed(0))] as const]),
    ...(record.boardDate?.state === 'unset'
      ? [
          [
            own.boardClock,
            `${own.clockNotSet}${record.boardDate.reason === undefined ? '' : `: ${record.boardDate.reason}`}`,
          ] as const,
        ]
      : []),
  ];
  return namedValues(entries);
}

/** Everything about one turn in writing below its row. */
export function textTurnDetail(turn: ShownTextTurn, words: Messages): Markup {
  return html`<div class="detail">
    ${turn.findings.length > 0 && findingList(turn.findings, false, words)} ${textTimeline(turn, words)}
    <div class="columns">
      <section>
        <h4>${words.detail.measures}</h4>
        <table class="compact">
          <tbody>
            ${textMeasureNames.map(
              (name) =>
                html`<tr>
                  <td>${words.measures[name].title}</td>
                  <td class="num">${measuredInWords(turn.measurement.measures[name], words)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </section>
      <section>
        <h4>${words.detail.writing}</h4>
        ${writing(turn, words)}
      </section>
      <section>
        <h4>${words.detail.parts}</h4>
        <table class="compact">
          <tbody>
            ${textPartsOf(turn, words).map(
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
    ${turnLogs(turn.record, zeroOfText(turn), words.timeline.afterQuestion, words)}
  </div>`;
}

/** Turns in writing as rows that open, piece by piece. */
export function* textTurnRows(turns: readonly ShownTextTurn[], words: Messages): Generator<Markup> {
  const mostMs = turns.reduce(
    (most, turn) =>
      Math.max(
        most,
        textPartsOf(turn).reduce((sum, { ms }) => sum + ms, 0),
      ),
    1,
  );
  const { columns } = words.turns;
  const titles = html`<div class="turn-row turn-titles" aria-hidden="true">
    <span></span><span>${columns.turn}</span><span>${columns.question}</span><span>${columns.answer}</span
    ><span class="num">${columns.toAnswer}</span><span>${columns.parts}</span><span>${columns.outcome}</span>
  </div>`;
  yield turnListOpening(titles, 'text-turns');
  for (const turn of turns) {
    const { measurement } = turn;
    const isAnswered =
      measurement.answerCheck.state === 'same' || measurement.answerCheck.state === 'unknown';
    yield turnEntry(
      turn,
      measurement.measures.questionToAnswer,
      html`<span class="prompt" lang="${turn.record.prompt?.language ?? ''}" dir="auto"
          >${questionInWords(turn, words)}</span
        >
        <span class="${isAnswered ? '' : 'bad'}" dir="auto">${answerInWords(turn, words)}</span>
        <span class="num">${measuredInWords(measurement.measures.questionToAnswer, words)}</span>
        <span>${barStrip(textPartsOf(turn), mostMs)}</span>`,
      textTurnDetail(turn, words),
      words,
    );
  }
  yield turnListEnd;
}
