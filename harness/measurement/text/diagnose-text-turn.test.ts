import type { ProviderFault, SntpAnswer, TextTurnRecord } from '../../ports';
import { answering, printing, question, textTurnOf, type TextStep } from '../__fixtures__/text-turn';
import { diagnoseTextTurn } from './diagnose-text-turn';

const codes = (record: TextTurnRecord): string[] =>
  diagnoseTextTurn(record).map(({ code, origin }) => `${origin} ${code}`);

const read = answering.slice(0, 1);
const asked = printing().slice(0, 2);

const refusal = (code: string, httpStatus?: number, message = 'no'): TextStep => ({
  atMs: 1_100,
  provider: {
    type: 'error',
    responseId: 'r1',
    code,
    message,
    ...(httpStatus === undefined ? {} : { httpStatus }),
  },
});
const failed = (status?: number, code?: string, message = 'no', atMs = 1_150): TextStep => ({
  atMs,
  board: {
    type: 'request-failed',
    message,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
  },
});
const hungUp = (atMs: number): TextStep => ({
  atMs,
  provider: { type: 'response-done', responseId: 'r1', status: 'cancelled' },
});
const ordered = (fault: ProviderFault, ...steps: TextStep[]): string[] =>
  codes(textTurnOf([...read, ...asked, ...steps], { ordered: fault }));

describe('a turn in writing that nobody watched', () => {
  const unwatched = (...steps: readonly TextStep[]): string[] =>
    codes(textTurnOf(steps, { unwatched: true }));

  it('is in order when the board prints an answer', () => {
    expect(unwatched(...printing())).toEqual([]);
  });

  it('blames nobody without one', () => {
    expect(unwatched(...asked)).toEqual(['harness HIL_TURN_UNWATCHED']);
    expect(unwatched(...asked, failed(401))).toEqual(['harness HIL_TURN_UNWATCHED']);
  });

  it('is the fault of a board that does not take the question', () => {
    expect(unwatched()).toEqual(['board HIL_TURN_QUESTION_IGNORED']);
  });
});

describe('a turn in writing', () => {
  it('without fault has no finding', () => {
    expect(codes(textTurnOf([...answering, ...printing()]))).toEqual([]);
    expect(
      codes(textTurnOf([...answering, ...printing()], { prompt: undefined, askedAtHostMs: undefined })),
    ).toEqual([]);
  });

  it.each([
    ['while it was at work', 1_100, 251, ['bench HIL_TURN_BENCH_STALLED']],
    ['ahead of the request, which it so read too late', 900, 300, ['bench HIL_TURN_BENCH_STALLED']],
    ['for no longer than a turn bears', 1_100, 250, []],
    ['once its answer had left', 1_700, 2_000, []],
  ])('is the fault of a bench whose provider stood still %s', (_, fromHostAtMs, lengthMs, found) => {
    const providerStalls = [{ fromHostAtMs, lengthMs }];
    expect(codes(textTurnOf([...answering, ...printing()], { providerStalls }))).toEqual(found);
    // Whatever the board made of it.
    expect(codes(textTurnOf([...answering, ...printing('It is')], { providerStalls }))).toEqual(
      found.length > 0 ? found : ['board HIL_TURN_ANSWER_CHANGED'],
    );
  });

  it('gives findings the turn, its end and a sentence', () => {
    expect(diagnoseTextTurn(textTurnOf([...answering, ...printing('It is')]))).toEqual([
      expect.objectContaining({
        code: 'HIL_TURN_ANSWER_CHANGED',
        message:
          'Board board-1 printed "It is" where "It will be sunny and warm all day" was sent; they part at character 4.',
        turnId: 't0001',
        hostAtMs: 1_700,
      }),
    ]);
  });

  it('blames the first link that broke', () => {
    const fault = { code: 'HIL_BOARD_PANIC', message: 'crashed', facts: {} } as const;
    expect(codes(textTurnOf(read, { faults: [fault] }))).toEqual(['board HIL_BOARD_PANIC']);
    const boot = (atMs: number): TextStep => ({
      atMs,
      board: { type: 'boot', resetCause: 'software CPU reset (0xc)' },
    });
    expect(codes(textTurnOf([...read, ...asked, boot(1_100)]))).toEqual(['board HIL_BOARD_RESTARTED']);
    const sag: TextStep = {
      atMs: 1_100,
      board: {
        type: 'boot-ended',
        session: {
          boot: 0,
          startedBy: 'ordered',
          startedAtHostMs: 0,
          firstLine: 0,
          lastLine: 9,
          endedBy: 'power',
          milestones: [],
          crashes: 0,
          watchdogWarnings: 0,
        },
      },
    };
    expect(codes(textTurnOf([...read, ...asked, sag, boot(1_100)]))).toEqual(['bench HIL_BOARD_POWER_FAULT']);
    const byItself = { prompt: undefined, askedAtHostMs: undefined };
    expect(codes(textTurnOf([boot(1_001), ...answering, ...printing()], byItself))).toEqual([]);
    expect(codes(textTurnOf([boot(1_001), ...read, boot(1_200)], byItself))).toEqual([
      'board HIL_BOARD_RESTARTED',
    ]);
  });

  it('judges nobody by a turn in which the board lost its network', () => {
    const lost = { atMs: 1_100, board: { type: 'network-lost', reason: 'run -> init (0xc800)' } } as const;
    expect(codes(textTurnOf([...asked, lost]))).toEqual(['bench HIL_BOARD_NETWORK_LOST']);
  });

  it('judges nobody by a turn in which the port was away, other than by the reset that asks the board', () => {
    const gap = (atMs: number): TextStep => ({
      atMs,
      board: { type: 'console-gap', awaySinceHostMs: atMs - 1, reason: 'read EIO', byteOffset: 0 },
    });
    const started = (atMs: number): TextStep => ({ atMs, board: { type: 'milestone', milestone: 'app' } });
    expect(codes(textTurnOf([...asked, gap(1_100)]))).toEqual(['bench HIL_BOARD_CONSOLE_GAP']);
    const byItself = { prompt: undefined, askedAtHostMs: undefined };
    const whole = [...answering, ...printing()];
    expect(codes(textTurnOf([gap(1_001), started(1_002), ...whole], byItself))).toEqual([]);
    expect(codes(textTurnOf([gap(1_001), started(1_002), ...whole, gap(1_300)], byItself))).toEqual([
      'bench HIL_BOARD_CONSOLE_GAP',
    ]);
  });
});

describe('a question that did not arrive', () => {
  it.each([
    [[], 'board HIL_TURN_QUESTION_IGNORED'],
    [asked, 'board HIL_TURN_REQUEST_MISSING'],
    [[...asked, failed(undefined, undefined, 'ESP_ERR_HTTP_CONNECT')], 'board HIL_TURN_REQUEST_FAILED'],
    [
      [
        {
          atMs: 1_100,
          board: { type: 'tls-refused', reason: 'The certificate is not correctly signed by the trusted CA' },
        },
        failed(),
      ],
      'bench HIL_TURN_TLS_REFUSED',
    ],
  ] as const)('%#', (steps, code) => expect(codes(textTurnOf(steps))).toEqual([code]));

  it('names what the board complained of', () => {
    const busy: TextStep = { atMs: 1_010, board: { type: 'complaint', text: 'Busy' } };
    expect(diagnoseTextTurn(textTurnOf([busy]))[0]?.message).toContain('it complained "Busy"');
  });

  it('is another one on arrival', () => {
    const other: TextStep = {
      atMs: 1_040,
      provider: { type: 'request', responseId: 'r1', prompt: 'What will', stream: true },
    };
    const record = textTurnOf([other, ...answering.slice(1), ...printing()]);
    expect(codes(record)).toEqual(['board HIL_TURN_QUESTION_CHANGED']);
    expect(diagnoseTextTurn(record)[0]?.facts).toMatchObject({
      typed: question.transcript,
      arrived: 'What will',
    });
  });
});

describe('a provider that does not answer', () => {
  it.each([
    [refusal('rate_limit_exceeded', 429), failed(429), 'provider HIL_TURN_PROVIDER_FAILED'],
    [refusal('server_error', 500), failed(500), 'provider HIL_TURN_PROVIDER_FAILED'],
    [refusal('RequestLimitExceeded', 200), failed(200), 'provider HIL_TURN_PROVIDER_FAILED'],
    [refusal('10013'), failed(), 'provider HIL_TURN_PROVIDER_FAILED'],
    [refusal('invalid_api_key', 401), failed(401), 'board HIL_TURN_REQUEST_REFUSED'],
    [refusal('AuthFailure.SignatureFailure', 200), failed(200), 'board HIL_TURN_REQUEST_REFUSED'],
    [refusal('10005'), failed(), 'board HIL_TURN_REQUEST_REFUSED'],
  ])('%#: $provider.code', (error, report, code) => {
    expect(codes(textTurnOf([...read, ...asked, error, report]))).toEqual([code]);
    // Refused before the request was read: there is no request in the log.
    expect(codes(textTurnOf([...asked, error, report]))).toEqual([code]);
  });

  it('is not the board’s fault when it is cut or late of its own accord', () => {
    const cut: TextStep = {
      atMs: 1_300,
      provider: { type: 'response-done', responseId: 'r1', status: 'failed' },
    };
    expect(codes(textTurnOf([...read, ...asked, cut, failed()]))).toEqual([
      'provider HIL_TURN_PROVIDER_FAILED',
    ]);
    const late = textTurnOf([...read, ...asked], { endedAtHostMs: 9_100, ending: 'deadline' });
    expect(codes(late)).toEqual(['provider HIL_TURN_PROVIDER_FAILED']);
    const gaveUp = textTurnOf([...read, ...asked, failed(undefined, undefined, 'timeout', 21_000)]);
    expect(codes(gaveUp)).toEqual(['provider HIL_TURN_PROVIDER_FAILED']);
  });

  it('is the board’s fault when the board did not wait for it', () => {
    expect(codes(textTurnOf([...read, ...asked, failed(undefined, undefined, 'timeout')]))).toEqual([
      'board HIL_TURN_REQUEST_FAILED',
    ]);
    // Over HTTP the provider learns of it by a request that was closed, whether or not the board says so.
    const tooSoon = [...read, ...asked, hungUp(1_149)];
    expect(codes(textTurnOf([...tooSoon, failed()]))).toEqual(['board HIL_TURN_REQUEST_FAILED']);
    const silent = textTurnOf(tooSoon, { endedAtHostMs: 9_100, ending: 'deadline' });
    expect(codes(silent)).toEqual(['board HIL_TURN_REQUEST_FAILED']);
    expect(diagnoseTextTurn(silent)[0]?.message).toContain(
      'gave up 109 ms after its request, without a word',
    );
    const inTheAnswer = textTurnOf([...answering.slice(0, 2), ...asked, hungUp(20_999)]);
    expect(codes(inTheAnswer)).toEqual(['board HIL_TURN_REQUEST_FAILED']);
  });

  it('is not the board’s fault when it waited as long as it was to and then closed the request', () => {
    const late = [...read, ...asked, hungUp(20_999)];
    expect(codes(textTurnOf(late))).toEqual(['provider HIL_TURN_PROVIDER_FAILED']);
    expect(codes(textTurnOf([...late, failed(undefined, undefined, 'timeout', 21_000)]))).toEqual([
      'provider HIL_TURN_PROVIDER_FAILED',
    ]);
  });
});

describe('a provider that was told to fail', () => {
  const cut: TextStep = {
    atMs: 1_300,
    provider: { type: 'response-done', responseId: 'r1', status: 'failed' },
  };

  it('is no finding where the board says so', () => {
    expect(ordered('rate-limit', refusal('x', 429), failed(429))).toEqual([]);
    expect(ordered('bad-key', refusal('x', 401), failed(401))).toEqual([]);
    expect(ordered('mid-stream-death', cut, failed())).toEqual([]);
    expect(ordered('slow-first-token', ...answering.slice(1), failed())).toEqual([]);
  });

  it('is one where the board keeps it to itself, takes it for an answer, or reports another', () => {
    const unreported = ['board HIL_TURN_ERROR_UNREPORTED'];
    expect(ordered('rate-limit', refusal('x', 429))).toEqual(unreported);
    expect(ordered('rate-limit', refusal('x', 429), ...printing('no').slice(3))).toEqual(unreported);
    expect(ordered('rate-limit', refusal('x', 429), failed(200))).toEqual(unreported);
    expect(ordered('mid-stream-death', cut, ...printing('It').slice(3))).toEqual(unreported);
  });

  it('is judged as any other where it answered all the same', () => {
    expect(ordered('duplicate', ...answering.slice(1), ...printing().slice(2))).toEqual([]);
    expect(ordered('duplicate', ...answering.slice(1), ...printing('ItIt').slice(2))).toEqual([
      'board HIL_TURN_ANSWER_CHANGED',
    ]);
  });
});

describe('an answer that was sent', () => {
  it.each([
    [answering, asked, 'board HIL_TURN_ANSWER_MISSING'],
    [answering, printing('It will be'), 'board HIL_TURN_ANSWER_CUT'],
    [answering, printing('Rain'), 'board HIL_TURN_ANSWER_CHANGED'],
    [answering, printing('It will be sunny and warm all day', false), 'board HIL_TURN_ANSWER_CUT'],
    [answering, [...asked, failed()], 'board HIL_TURN_REQUEST_FAILED'],
  ] as const)('%#', (provider, board, code) =>
    expect(codes(textTurnOf([...provider, ...board]))).toEqual([code]),
  );
});

describe('a board with a wrong date', () => {
  const unset = { boardDate: { state: 'unset' } } as const;
  const future: TextStep = {
    atMs: 1_100,
    board: { type: 'tls-refused', reason: 'The certificate validity starts in the future' },
  };
  const skewedBy = (ms: number): Partial<TextTurnRecord> => ({
    boardDate: { state: 'set', unixMs: Date.UTC(2026, 10, 21, 6, 0, 0) + ms, hostAtMs: 1_000 },
  });
  const expired = refusal('AuthFailure.SignatureExpire', 200, 'Signature expired');
  const hmac = refusal('403', 403, 'HMAC signature cannot be verified');

  it('says 1970 where no time server answered, and so refuses the certificate', () => {
    const [finding] = diagnoseTextTurn(textTurnOf([...asked, future, failed()], unset));
    expect(finding).toMatchObject({ code: 'HIL_TURN_CLOCK_UNSET', origin: 'bench' });
    expect(finding?.message).toBe(
      'The clock of board board-1 says 1970 since its time server did not answer, so it refused the provider\'s certificate ("The certificate validity starts in the future").',
    );
  });

  it.each<[string, readonly SntpAnswer[], string, string]>([
    [
      'was not asked',
      [],
      'board HIL_TURN_TIME_NOT_TAKEN',
      "says 1970 since it has not asked the bench's time server",
    ],
    [
      'told the time in vain',
      [{ silence: true }, { skewMs: 250 }, { skewMs: -250 }],
      'board HIL_TURN_TIME_NOT_TAKEN',
      "since it did not take any of the 2 right answers of the bench's time server to 3 questions",
    ],
    ['was silent', [{ silence: true }], 'bench HIL_TURN_CLOCK_UNSET', 'since its time server did not answer'],
    [
      'refused',
      [{ kissOfDeath: 'DENY' }],
      'bench HIL_TURN_CLOCK_UNSET',
      'since its time server did not answer',
    ],
    ['told a year that no board takes', [{ skewMs: -1e12 }], 'bench HIL_TURN_CLOCK_UNSET', 'did not answer'],
  ])(
    "is the board's own affair where the time server of the bench answers: it %s",
    (_, answers, code, why) => {
      const timeQuestions = answers.map((answer, index) => ({ hostAtMs: index, answer }));
      const record = textTurnOf([...asked, future, failed()], { ...unset, timeQuestions });
      expect(codes(record)).toEqual([code]);
      expect(diagnoseTextTurn(record)[0]?.message).toContain(why);
    },
  );

  it('is not taken from a time server that nobody asked, where the console says nothing of it either', () => {
    const [finding] = diagnoseTextTurn(textTurnOf([...asked, future, failed()], { timeQuestions: [] }));
    expect(finding).toMatchObject({ code: 'HIL_TURN_TIME_NOT_TAKEN', origin: 'board' });
  });

  const expiredSignature = [...read, ...asked, refusal('AuthFailure.SignatureExpire', 200), failed(200)];

  it.each<[string, readonly SntpAnswer[] | undefined, string, string]>([
    ['did not ask', [], 'board HIL_TURN_TIME_NOT_TAKEN', "has not asked the bench's time server"],
    ['was told in vain', [{ skewMs: 0 }], 'board HIL_TURN_TIME_NOT_TAKEN', 'did not take the right answer'],
    [
      'was not answered',
      [{ silence: true }, { silence: true }],
      'bench HIL_TURN_CLOCK_UNSET',
      "the bench's time server did not tell the right time to 2 questions, so the provider refused its request",
    ],
    [
      'was told another time',
      [{ skewMs: 600_000 }],
      'bench HIL_TURN_CLOCK_UNSET',
      'did not tell the right time',
    ],
    ['has no time server here', undefined, 'bench HIL_TURN_CLOCK_UNSET', 'says nothing of a time server'],
  ])(
    'shows by a signature that has expired too, of a board that prints nothing of it and %s',
    (_, answers, code, why) => {
      const timeQuestions = answers?.map((answer, index) => ({ hostAtMs: index, answer }));
      const record = textTurnOf(expiredSignature, timeQuestions === undefined ? {} : { timeQuestions });
      expect(codes(record)).toEqual([code]);
      expect(diagnoseTextTurn(record)[0]?.message).toContain(why);
    },
  );

  it('is not the reason for a token that has expired, a bare 403, or a provider that was told to be an hour ahead', () => {
    for (const other of [refusal('APIG.0301', 401, 'token expires, expires_at: …'), refusal('no', 403)])
      expect(codes(textTurnOf([...read, ...asked, other, failed(401)], { timeQuestions: [] }))).toEqual([
        'board HIL_TURN_REQUEST_REFUSED',
      ]);
    expect(codes(textTurnOf(expiredSignature, { timeQuestions: [], ordered: 'clock-skew' }))).toEqual([]);
  });

  it('names the kiss of death', () => {
    const kiss = { boardDate: { state: 'unset', reason: 'the time server refused with RATE' } } as const;
    expect(diagnoseTextTurn(textTurnOf([...asked, hmac, failed(403)], kiss))[0]?.message).toContain(
      'says 1970 since the time server refused with RATE, so the provider refused its request (403: HMAC',
    );
  });

  it('signs requests that Spark and Tencent refuse, and the skew is named', () => {
    for (const error of [hmac, expired]) {
      const record = textTurnOf([...read, ...asked, error, failed(200)], skewedBy(-400_000));
      expect(codes(record)).toEqual(['bench HIL_TURN_CLOCK_WRONG']);
      expect(diagnoseTextTurn(record)[0]?.message).toContain('is 400 s slow, 300 s are allowed');
    }
  });

  it('is not the reason within the limit, nor where nothing asked for the date', () => {
    expect(codes(textTurnOf([...read, ...asked, hmac, failed(403)], skewedBy(200_000)))).toEqual([
      'board HIL_TURN_REQUEST_REFUSED',
    ]);
    expect(codes(textTurnOf([...answering, ...printing()], unset))).toEqual([]);
    expect(codes(textTurnOf([...read, ...asked, refusal('x', 500), failed(500)], unset))).toEqual([
      'provider HIL_TURN_PROVIDER_FAILED',
    ]);
  });

  it('shows by a certificate of the future, where the console says nothing of it', () => {
    const [finding] = diagnoseTextTurn(textTurnOf([...asked, future, failed()]));
    expect(finding).toMatchObject({ code: 'HIL_TURN_CLOCK_UNSET' });
    expect(finding?.message).toContain('says nothing of a time server');
  });

  it('is not the reason where the certificate itself is from the future', () => {
    expect(codes(textTurnOf([...asked, future, failed()], skewedBy(0)))).toEqual([
      'bench HIL_TURN_TLS_REFUSED',
    ]);
  });
});
