import type { Clock } from '../../ports';
import type { Exchange } from '../mock/http/exchange';
import { textAnswer } from '../mock/http/http-answer';
import type { Frame, FrameEnd } from '../mock/http/play-frames';
import { recordedBytes, type HttpTake } from '../proxy/cassette';
import { MASK } from '../proxy/secret-spans';
import type { HttpTraffic } from '../proxy/traffic';

/** Of one hop, or made anew by who sends the body again. */
const ofOneHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** A board that has signed in has to show something: this is for nobody else, and says so. */
export const STAND_IN_TOKEN = 'earshot-replay-token';
/** What the proxy answered by itself when it was recorded. */
const BAD_GATEWAY = 502;

/** Headers as recorded, without those of the hop; what was masked is left out, since nobody has it any more. */
export function replayedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'x-subject-token') kept[name] = STAND_IN_TOKEN;
    else if (!ofOneHop.has(name) && !value.includes(MASK)) kept[name] = value;
  }
  return kept;
}

type Ending = Parameters<HttpTraffic['ended']>;
const endings: Readonly<Record<FrameEnd, Ending[0]>> = {
  complete: 'complete',
  cut: 'cut-by-provider',
  failed: 'cut-by-provider',
  'client-gone': 'cut-by-board',
  'client-does-not-read': 'cut-by-board',
};

/** Answers a request with what was recorded of another one, each piece at its time after the request was read. */
export function replayAnswer(take: HttpTake, exchange: Exchange, traffic: HttpTraffic, clock: Clock): void {
  const { answer, end } = take;
  let over = false;
  const ended = (how: Ending[0], why?: string): void => {
    if (over) return;
    over = true;
    traffic.ended(how, clock.nowMs(), why);
  };
  const begin = (): void => {
    if (over) return;
    if (answer === undefined) {
      if (end.how === 'unreachable') {
        exchange.answer(textAnswer(BAD_GATEWAY, 'earshot replay: recorded while nobody could be reached'));
      } else exchange.cut();
      ended(end.how === 'unreachable' ? 'unreachable' : 'cut-by-provider', 'recorded without an answer');
      return;
    }
    const { status, headers } = answer;
    const begunAtMs = clock.nowMs() - exchange.readAtHostMs;
    traffic.answered(status, headers, clock.nowMs());
    exchange.play(
      { status, headers: replayedHeaders(headers), early: true },
      framesOf(take, answer, begunAtMs, traffic),
      (how) => ended(endings[how], how === 'cut' ? `recorded as ${end.how}` : how),
    );
  };
  const waitMs = exchange.readAtHostMs + (answer?.atMs ?? end.atMs) - clock.nowMs();
  if (waitMs <= 0) {
    begin();
    return;
  }
  const cancel = clock.after(waitMs, begin);
  exchange.whenOver(() => {
    cancel();
    ended('cut-by-board', 'client-gone');
  });
}

/** The pieces, counted on from `begunAtMs` after the request, so that a late start is caught up with. */
function* framesOf(
  { end }: HttpTake,
  { body, headers }: NonNullable<HttpTake['answer']>,
  begunAtMs: number,
  traffic: HttpTraffic,
): Generator<Frame> {
  let beforeMs = begunAtMs;
  for (const piece of body) {
    const bytes = recordedBytes(piece);
    yield {
      bytes,
      afterMs: piece.atMs - beforeMs,
      sent: (hostAtMs) => traffic.body(bytes, hostAtMs),
    };
    beforeMs = piece.atMs;
  }
  // A client that was told the length may leave once it has all of it: nothing is kept open behind that.
  if (end.how === 'complete' && 'content-length' in headers) return;
  const afterMs = end.atMs - beforeMs;
  // An empty piece is not sent; it is what the end waits for.
  yield end.how === 'complete' ? { bytes: '', afterMs } : { cut: true, afterMs };
}
