import type { TextTurnRecord } from '../../ports';
import type { Diagnosis } from '../diagnosis';
import { compareAnswer } from './compare-answer';
import type { Exchange } from './exchange';
import { isOfTheRequest, refusalInWords } from './refusal';

const quoted = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return `"${line.length > 60 ? `${line.slice(0, 60)}…` : line}"`;
};

/** What the provider did instead of answering, in words; undefined: it answered, or there is still time. */
function failureOfProvider({ error, done, sent }: Exchange): string | undefined {
  if (error !== undefined) return `refused with ${refusalInWords(error)}`;
  if (done !== undefined && done.status !== 'completed') return `ended its answer as ${done.status}`;
  return sent === undefined && done !== undefined ? 'ended without an answer' : undefined;
}

/** Something went wrong because it was told to: the board is judged by what it says of it. */
function diagnoseReport(record: TextTurnRecord, exchange: Exchange): readonly Diagnosis[] {
  const { failure, answer, error } = exchange;
  const broke = failureOfProvider(exchange);
  const facts = { ordered: record.ordered, code: error?.code, httpStatus: error?.httpStatus };
  if (broke === undefined)
    return failure === undefined && exchange.sent !== undefined ? diagnosePrinted(record, exchange) : [];
  const unreported = (seen: string): readonly Diagnosis[] => [
    {
      code: 'HIL_TURN_ERROR_UNREPORTED',
      message: `The provider was told to fail (${String(record.ordered)}) and ${broke}; board ${record.boardName} ${seen}.`,
      facts,
    },
  ];
  if (failure === undefined)
    return unreported(
      answer === undefined ? 'printed nothing of it' : `printed ${quoted(answer.text)} as an answer`,
    );
  const differs =
    error?.httpStatus !== undefined && failure.status !== undefined && failure.status !== error.httpStatus;
  return differs ? unreported(`reports ${refusalInWords(failure)}`) : [];
}

/** The provider failed of its own accord, or the board did not ask as it should. */
function diagnoseProvider(record: TextTurnRecord, exchange: Exchange): readonly Diagnosis[] {
  const { error, failure, request, begun, sent, done } = exchange;
  const facts = { code: error?.code, httpStatus: error?.httpStatus, failure: failure?.message };
  if (error !== undefined && isOfTheRequest(error)) {
    return [
      {
        code: 'HIL_TURN_REQUEST_REFUSED',
        message: `The provider refused the request of board ${record.boardName}: ${refusalInWords(error)}.`,
        facts,
      },
    ];
  }
  // Over HTTP it closes the request, over WebSocket its session.
  const hungUp =
    done?.status === 'cancelled'
      ? done
      : record.providerEvents.find(
          (event) => event.type === 'session-closed' && event.closedBy === 'board' && sent === undefined,
        );
  const gaveUpAtHostMs = failure?.hostAtMs ?? hungUp?.hostAtMs ?? record.endedAtHostMs;
  const waitedMs = Math.round(gaveUpAtHostMs - (request?.hostAtMs ?? record.startedAtHostMs));
  const isLate = begun === undefined && waitedMs > record.deadlineMs;
  const gaveUp = hungUp !== undefined || (done === undefined && failure !== undefined);
  if (error === undefined && !isLate && gaveUp) {
    const words = failure === undefined ? 'without a word' : `with "${refusalInWords(failure)}"`;
    return [
      {
        code: 'HIL_TURN_REQUEST_FAILED',
        message: `Board ${record.boardName} gave up ${waitedMs} ms after its request, ${words}, while the provider was at work.`,
        facts,
      },
    ];
  }
  const broke = failureOfProvider(exchange) ?? `sent no whole answer within ${waitedMs} ms`;
  return [{ code: 'HIL_TURN_PROVIDER_FAILED', message: `The provider ${broke}.`, facts }];
}

/** The provider sent a whole answer: what became of it on the board's console. */
function diagnosePrinted(record: TextTurnRecord, { sent, answer, failure }: Exchange): readonly Diagnosis[] {
  const { boardName } = record;
  if (sent === undefined) return [];
  const facts = { sent: sent.text, printed: answer?.text, failure: failure?.message };
  if (failure !== undefined) {
    return [
      {
        code: 'HIL_TURN_REQUEST_FAILED',
        message: `Board ${boardName} reports "${refusalInWords(failure)}", and the provider had sent the whole answer.`,
        facts,
      },
    ];
  }
  const check = compareAnswer(answer?.text, sent.text);
  switch (check.state) {
    case 'not-printed':
      return [
        {
          code: 'HIL_TURN_ANSWER_MISSING',
          message: `The provider sent ${quoted(sent.text)} and board ${boardName} printed no answer.`,
          facts,
        },
      ];
    case 'cut':
      return [
        {
          code: 'HIL_TURN_ANSWER_CUT',
          message: `Board ${boardName} printed ${quoted(answer?.text ?? '')}: the last ${check.missingChars} characters of what was sent are missing.`,
          facts,
        },
      ];
    case 'other':
      return [
        {
          code: 'HIL_TURN_ANSWER_CHANGED',
          message: `Board ${boardName} printed ${quoted(answer?.text ?? '')} where ${quoted(sent.text)} was sent; they part at character ${check.atChar + 1}.`,
          facts,
        },
      ];
    case 'same':
    case 'unknown':
      return answer?.complete === false
        ? [
            {
              code: 'HIL_TURN_ANSWER_CUT',
              message: `Board ${boardName} printed ${quoted(answer.text)} and did not finish it.`,
              facts,
            },
          ]
        : [];
  }
}

/** From the request on: refused, failed, answered, printed. */
export function diagnoseAnswer(record: TextTurnRecord, exchange: Exchange): readonly Diagnosis[] {
  if (record.ordered !== undefined) return diagnoseReport(record, exchange);
  const isWhole = exchange.sent !== undefined && exchange.error === undefined;
  // Nobody watches a provider that the board reaches directly: what it printed is all there is.
  if (exchange.request === undefined && exchange.error === undefined) return [];
  return isWhole ? diagnosePrinted(record, exchange) : diagnoseProvider(record, exchange);
}
