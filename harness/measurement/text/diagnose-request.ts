import type { TextTurnRecord } from '../../ports';
import type { Diagnosis } from '../diagnosis';
import type { Exchange } from './exchange';
import { refusalInWords } from './refusal';

const waited = ({ endedAtHostMs, startedAtHostMs }: TextTurnRecord): string =>
  `${Math.round(endedAtHostMs - startedAtHostMs)} ms`;

/** The way of the question to the provider: taken by the board, sent, and arrived as it was typed. */
export function diagnoseRequest(record: TextTurnRecord, exchange: Exchange): readonly Diagnosis[] {
  const { request, error, asking, failure, tlsRefusal, complaint } = exchange;
  const { boardName, prompt } = record;
  const facts = {
    prompt: prompt?.id,
    complaint: complaint?.text,
    failure: failure?.message,
    tlsRefusal: tlsRefusal?.reason,
  };
  if (request !== undefined) return prompt === undefined ? [] : diagnoseQuestion(record, exchange);
  // A provider that refuses before it has read a request has said so.
  if (error !== undefined) return [];
  if (tlsRefusal !== undefined) {
    return [
      {
        code: 'HIL_TURN_TLS_REFUSED',
        message: `Board ${boardName} refused the provider's certificate: ${tlsRefusal.reason}.`,
        facts,
      },
    ];
  }
  // A link that was told to fail may swallow the request; the board has said what it saw of it.
  if (record.ordered === 'network') return [];
  if (failure !== undefined && record.unwatched !== true) {
    return [
      {
        code: 'HIL_TURN_REQUEST_FAILED',
        message: `Board ${boardName} reports "${refusalInWords(failure)}", and no request reached the provider, which was there.`,
        facts,
      },
    ];
  }
  const last = complaint === undefined ? '' : `; it complained "${complaint.text}"`;
  if (prompt !== undefined && asking === undefined) {
    return [
      {
        code: 'HIL_TURN_QUESTION_IGNORED',
        message: `Board ${boardName} did not take the question "${prompt.transcript}" within ${waited(record)}${last}.`,
        facts,
      },
    ];
  }
  if (record.unwatched === true) return diagnoseUnwatched(record, exchange);
  return [
    {
      code: 'HIL_TURN_REQUEST_MISSING',
      message: `No request of board ${boardName} reached the provider within ${waited(record)}${last}.`,
      facts,
    },
  ];
}

/** Where nobody sees the provider, an answer shows that all went well, and without one nobody is to blame. */
function diagnoseUnwatched(
  record: TextTurnRecord,
  { answer, failure, complaint }: Exchange,
): readonly Diagnosis[] {
  if (answer !== undefined && failure === undefined) return [];
  const said = failure === undefined ? complaint?.text : refusalInWords(failure);
  return [
    {
      code: 'HIL_TURN_UNWATCHED',
      message: `Board ${record.boardName} ${said === undefined ? 'printed no answer' : `reports "${said}"`} after ${waited(record)}; nobody saw what the provider did.`,
      facts: { failure: failure?.message, complaint: complaint?.text },
    },
  ];
}

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();

function diagnoseQuestion(
  { boardName, prompt }: TextTurnRecord,
  { request }: Exchange,
): readonly Diagnosis[] {
  if (prompt === undefined || request === undefined) return [];
  const typed = plain(prompt.transcript);
  const arrived = plain(request.prompt);
  if (typed === arrived) return [];
  return [
    {
      code: 'HIL_TURN_QUESTION_CHANGED',
      message: `Board ${boardName} asked the provider "${arrived}" where "${typed}" was typed.`,
      facts: { prompt: prompt.id, typed, arrived },
    },
  ];
}
