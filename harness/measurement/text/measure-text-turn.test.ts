import { answering, ASKED_AT_MS, printing, sentText, textTurnOf } from '../__fixtures__/text-turn';
import type { Measured } from '../measured';
import { compareAnswer } from './compare-answer';
import { measureTextTurn } from './measure-text-turn';

const value = (measured: Measured): number => (measured.state === 'measured' ? measured.valueMs : Number.NaN);

describe('measureTextTurn', () => {
  const whole = textTurnOf([...answering, ...printing()]);

  it('times provider, board and the whole, each with its uncertainty', () => {
    const { measures } = measureTextTurn(whole);
    expect(value(measures.timeToFirstToken)).toBe(200);
    expect(value(measures.totalTime)).toBe(600);
    expect(value(measures.questionToAnswer)).toBe(1_700 - ASKED_AT_MS);
    expect(value(measures.boardTimeToFirstText)).toBe(206);
    for (const measured of Object.values(measures))
      expect(measured).toMatchObject({ uncertaintyMs: expect.any(Number) as number });
  });

  it('takes the time to first text from the stamps of the board, not from when its lines came', () => {
    const late = textTurnOf(
      [...answering, ...printing()].map((step) =>
        'board' in step && step.board.type === 'first-text' ? { ...step, atMs: step.atMs + 300 } : step,
      ),
    );
    expect(value(measureTextTurn(late).measures.boardTimeToFirstText)).toBe(206);
    const unstamped = textTurnOf(
      [...answering, ...printing()].map((step) =>
        'board' in step ? { atMs: step.atMs, board: step.board } : step,
      ),
    );
    expect(value(measureTextTurn(unstamped).measures.boardTimeToFirstText)).toBe(205);
  });

  it('measures nothing of a turn in which the bench stood still', () => {
    const { measures, answer } = measureTextTurn({
      ...whole,
      providerStalls: [{ fromHostAtMs: 1_100, lengthMs: 400 }],
    });
    for (const measured of Object.values(measures))
      expect(measured).toMatchObject({ state: 'not-measured', reason: 'bad-take' });
    expect(answer).toBeDefined();
  });

  it('is less sure of when a command arrived over a UART than over native USB', () => {
    const uart = { ...whole, consoleLink: { kind: 'uart', baudRate: 9_600 } } as const;
    const sigma = (record: typeof whole): number => {
      const measured = measureTextTurn(record).measures.questionToAnswer;
      return measured.state === 'measured' ? measured.uncertaintyMs : Number.NaN;
    };
    expect(sigma(uart)).toBeGreaterThan(sigma(whole) + 20);
  });

  it('begins at the request where the board asks by itself', () => {
    const record = { ...whole, prompt: undefined, askedAtHostMs: undefined };
    expect(value(measureTextTurn(record).measures.questionToAnswer)).toBe(1_700 - 1_040);
  });

  it('does not take the reasoning for the answer: nobody is served by it', () => {
    const thinking = { type: 'first-token', responseId: 'r1', kind: 'reasoning' } as const;
    const record = textTurnOf([{ atMs: 1_100, provider: thinking }, ...answering, ...printing()]);
    expect(value(measureTextTurn(record).measures.timeToFirstToken)).toBe(200);
    const onlyThought = answering.filter(
      (step) => !('provider' in step && step.provider.type === 'first-token'),
    );
    const { measures } = measureTextTurn(textTurnOf([{ atMs: 1_100, provider: thinking }, ...onlyThought]));
    expect(measures.timeToFirstToken).toEqual({ state: 'not-measured', reason: 'no-text' });
  });

  it('takes an answer that is not streamed for its own first token', () => {
    const [request, , ...rest] = answering;
    const whole = { atMs: 1_040, provider: { ...(request as { provider: object }).provider, stream: false } };
    const record = textTurnOf([whole as (typeof answering)[number], ...rest, ...printing()]);
    const { measures } = measureTextTurn(record);
    expect(measures.timeToFirstToken).toEqual(measures.totalTime);
    expect(value(measures.totalTime)).toBe(600);
  });

  it('says why there is no number', () => {
    const reasons = (record: Parameters<typeof measureTextTurn>[0]): string[] =>
      Object.values(measureTextTurn(record).measures).map((measured) =>
        measured.state === 'measured' ? 'measured' : `${measured.state} ${measured.reason}`,
      );
    expect(reasons(textTurnOf([]))).toEqual([
      // The board let the deadline pass: it is slower than every number.
      'censored no-answer',
      'not-measured no-request',
      'not-measured no-request',
      'not-measured not-printed',
    ]);
    expect(reasons(textTurnOf(answering.slice(0, 1)))).toEqual([
      'not-measured no-answer',
      'not-measured no-text',
      'not-measured no-text',
      'not-measured not-printed',
    ]);
    expect(
      reasons(textTurnOf(printing().slice(0, 2), { prompt: undefined, askedAtHostMs: undefined })),
    ).toEqual([
      'not-measured no-request',
      'not-measured no-request',
      'not-measured no-request',
      'not-measured no-answer',
    ]);
  });

  it('counts an answer that the board swallowed as slower than every number, and one that nobody sent not at all', () => {
    const swallowed = textTurnOf(answering, { endedAtHostMs: 9_700, ending: 'deadline' });
    expect(measureTextTurn(swallowed).measures.questionToAnswer).toEqual({
      state: 'censored',
      aboveMs: 8_700,
      reason: 'no-answer',
    });
    const unsent = textTurnOf(answering.slice(0, 1), { endedAtHostMs: 9_700, ending: 'deadline' });
    expect(measureTextTurn(unsent).measures.questionToAnswer.state).toBe('not-measured');
  });

  it('does not take an answer that broke off for a whole one', () => {
    const record = textTurnOf([...answering, ...printing('It will', false)]);
    const { measures, answer, answerCheck } = measureTextTurn(record);
    expect(measures.questionToAnswer.state).toBe('censored');
    expect(answer).toBe('It will');
    expect(answerCheck).toEqual({ state: 'cut', missingChars: sentText.length - 7 });
  });

  it('follows a board that asks again', () => {
    const again = textTurnOf([
      { atMs: 1_020, provider: { type: 'request', responseId: 'r0', prompt: 'x', stream: true } },
      { atMs: 1_030, provider: { type: 'error', responseId: 'r0', code: '503', message: 'no' } },
      ...answering,
      ...printing(),
    ]);
    const { measures } = measureTextTurn(again);
    // From the first request to what the last one brought: this is what the user waited for.
    expect(value(measures.totalTime)).toBe(620);
  });

  it('states the date of the board against the true one', () => {
    const unixMs = Date.UTC(2026, 10, 21, 5, 53, 20);
    const record = textTurnOf([], { boardDate: { state: 'set', unixMs, hostAtMs: ASKED_AT_MS - 5_000 } });
    expect(measureTextTurn(record).boardClockSkewMs).toBe(-395_000);
  });

  it('keeps the order of its marks and says whose clock they are by', () => {
    expect(measureTextTurn(whole).marks.map(({ name }) => name)).toEqual([
      'questionTyped',
      'requestSent',
      'requestRead',
      'firstToken',
      'firstText',
      'answerSent',
      'answerPrinted',
    ]);
  });
});

describe('compareAnswer', () => {
  it.each([
    ['今天\r\n晴 \n', '今天\n晴', { state: 'same' }],
    ['', '', { state: 'same' }],
    ['今天', '今天晴', { state: 'cut', missingChars: 1 }],
    ['今天雨', '今天晴', { state: 'other', atChar: 2 }],
    ['今天晴晴', '今天晴', { state: 'other', atChar: 3 }],
    ['😀a', '😀b', { state: 'other', atChar: 1 }],
  ])('%j for %j', (printed, sent, check) => expect(compareAnswer(printed, sent)).toEqual(check));

  it('knows nothing without either side', () => {
    expect(compareAnswer(undefined, 'a')).toEqual({ state: 'not-printed' });
    expect(compareAnswer('a', undefined)).toEqual({ state: 'unknown' });
  });
});
