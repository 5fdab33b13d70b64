import { BoardError } from '../errors';
import type { TextTurnRecord } from '../ports';
import { FakeBench, fakeClip } from './__fixtures__/fake-bench';
import { askTurn, type AskPlan } from './ask-turn';

const timing = { deadlineMs: 8_000, requestMs: 30_000 };
const prompt = fakeClip('en-weather-a', 1_000);

const plan = (over: Partial<AskPlan> = {}): AskPlan => ({
  turnId: 't0001',
  session: 1,
  turnInSession: 1,
  prompt,
  orderedFor: () => undefined,
  ...over,
});
const ask = (bench: FakeBench, over: Partial<AskPlan> = {}): Promise<TextTurnRecord> => {
  const { board, provider, clock } = bench;
  return bench.run(
    askTurn(
      { board, provider, clock, unixNowMs: () => 1_800_000_000_000 + clock.nowMs() },
      timing,
      plan(over),
    ),
  );
};

/** The provider reads the request and answers it. */
function providerAnswers(bench: FakeBench, readAtMs: number, sentAtMs: number): void {
  bench.at(readAtMs, () =>
    bench.says({ type: 'request', responseId: 'r1', prompt: prompt.transcript, stream: true }),
  );
  bench.at(sentAtMs - 100, () => bench.says({ type: 'first-token', responseId: 'r1', kind: 'answer' }));
  bench.at(sentAtMs, () => bench.says({ type: 'text-out', responseId: 'r1', text: 'Sunny', tokens: 2 }));
}

const printsAnswer = (bench: FakeBench, atMs: number): void =>
  bench.at(atMs, () => bench.prints({ type: 'answer', text: 'Sunny', complete: true }));

describe('askTurn', () => {
  it('types the prompt and waits for the whole answer', async () => {
    const bench = new FakeBench();
    providerAnswers(bench, 100, 900);
    printsAnswer(bench, 950);
    const record = await ask(bench);
    expect(bench.asked).toEqual([prompt.transcript]);
    expect(record).toMatchObject({ kind: 'text', ending: 'answered', faults: [] });
    // The fake clock goes in steps of 10 ms while promises settle.
    expect(record.askedAtHostMs).toBeLessThanOrEqual(20);
    expect(record.startedAtUnixMs).toBe(1_800_000_000_000 + record.startedAtHostMs);
    expect(record.endedAtHostMs).toBe(950);
    expect(record.providerEvents.map(({ type }) => type)).toEqual(['request', 'first-token', 'text-out']);
    expect(Object.isFrozen(record)).toBe(true);
  });

  it('pings the clock of a board that is asked, before and behind', async () => {
    const bench = new FakeBench();
    providerAnswers(bench, 100, 900);
    printsAnswer(bench, 950);
    const pingedAtMs: number[] = [];
    Object.assign(bench.board, {
      pingClock: () => Promise.resolve(void pingedAtMs.push(bench.clock.nowMs())),
    });
    const { endedAtHostMs } = await ask(bench);
    expect(pingedAtMs).toEqual([0, endedAtHostMs]);
  });

  it('waits a little for what the provider says behind the board', async () => {
    const bench = new FakeBench();
    providerAnswers(bench, 100, 990);
    printsAnswer(bench, 950);
    const { providerEvents } = await ask(bench);
    expect(providerEvents.map(({ type }) => type)).toContain('text-out');
  });

  it('ends soon after a failure that the provider never heard of', async () => {
    const bench = new FakeBench();
    bench.at(200, () => bench.prints({ type: 'request-failed', message: 'ESP_ERR_HTTP_CONNECT' }));
    const record = await ask(bench);
    expect(record.ending).toBe('answered');
    expect(record.endedAtHostMs).toBeGreaterThan(500);
    expect(record.endedAtHostMs).toBeLessThan(600);
  });

  it('lets an answer that has begun take its time, and the board the deadline for the rest of it', async () => {
    const bench = new FakeBench();
    providerAnswers(bench, 100, 200);
    bench.at(150, () => bench.prints({ type: 'first-text' }));
    const slow = await ask(bench);
    expect(slow.ending).toBe('deadline');
    expect(slow.endedAtHostMs).toBeGreaterThan(8_200);
    expect(slow.endedAtHostMs).toBeLessThan(8_300);

    const long = new FakeBench();
    providerAnswers(long, 100, 20_000);
    long.at(7_000, () => long.prints({ type: 'first-text' }));
    printsAnswer(long, 20_100);
    expect(await ask(long)).toMatchObject({ ending: 'answered' });
  });

  it('ends at the deadline where no answer begins', async () => {
    const bench = new FakeBench();
    const record = await ask(bench);
    expect(record.ending).toBe('deadline');
    expect(record.endedAtHostMs).toBeGreaterThan(8_000);
    expect(record.endedAtHostMs).toBeLessThan(8_100);
  });

  it('keeps what the time server of the bench was asked in this boot, where there is one', async () => {
    const bench = new FakeBench();
    const timeQuestions = [50, 300].map((hostAtMs) => ({ hostAtMs, answer: { skewMs: 0 } }));
    bench.at(200, () => bench.prints({ type: 'boot', resetCause: 'power on' }));
    printsAnswer(bench, 400);
    const { board, provider, clock } = bench;
    const textBench = { board, provider, clock, unixNowMs: () => 0, timeQuestions };
    const record = await bench.run(askTurn(textBench, timing, plan()));
    expect(record.timeQuestions).toEqual([{ hostAtMs: 300, answer: { skewMs: 0 } }]);
    const without = new FakeBench();
    printsAnswer(without, 100);
    expect(await ask(without)).not.toHaveProperty('timeQuestions');
  });

  it('keeps what broke', async () => {
    const bench = new FakeBench();
    bench.at(300, () => bench.lose('board', new BoardError('HIL_BOARD_PORT_LOST', 'gone', {})));
    const record = await ask(bench);
    expect(record).toMatchObject({ ending: 'fault', faults: [{ code: 'HIL_BOARD_PORT_LOST' }] });
  });

  it('tells the provider what is to go wrong, and remembers it as ordered', async () => {
    const bench = new FakeBench();
    printsAnswer(bench, 100);
    expect(await ask(bench, { fault: 'rate-limit' })).toMatchObject({ ordered: 'rate-limit' });
    expect(bench.expectedTurns).toEqual(['t0001 rate-limit']);
    const scripted = new FakeBench();
    printsAnswer(scripted, 100);
    const orderedFor = (utterance: string | undefined) =>
      utterance === 'en-weather' ? 'too-long' : undefined;
    expect(await ask(scripted, { orderedFor })).toMatchObject({ ordered: 'too-long' });
    expect(scripted.expectedTurns).toEqual(['t0001']);
  });

  it('knows what the board printed of its date, in this boot', async () => {
    const bench = new FakeBench();
    bench.prints({ type: 'clock-set', unixMs: 1 });
    printsAnswer(bench, 50);
    expect(await ask(bench)).toMatchObject({ boardDate: { state: 'set', unixMs: 1 } });
    const unset = new FakeBench();
    unset.prints({ type: 'clock-set', unixMs: 1 });
    unset.at(50, () => unset.prints({ type: 'clock-unset', reason: 'RATE' }));
    printsAnswer(unset, 100);
    expect(await ask(unset, { prompt: undefined })).toMatchObject({
      boardDate: { state: 'unset', reason: 'RATE' },
    });
  });

  describe('of a board that asks by itself', () => {
    it('resets it and leaves what it asked before out', async () => {
      const bench = new FakeBench();
      bench.says({ type: 'request', responseId: 'r0', prompt: 'old', stream: false });
      bench.prints({ type: 'answer', text: 'old', complete: true });
      bench.at(5, () => undefined);
      providerAnswers(bench, 12_000, 13_000);
      printsAnswer(bench, 13_050);
      const record = await ask(bench, { prompt: undefined });
      expect(bench.asked).toEqual([]);
      expect(record.prompt).toBeUndefined();
      expect(record.ending).toBe('answered');
      expect(record.endedAtHostMs).toBe(13_050);
      expect(record.providerEvents[0]).toMatchObject({ type: 'request', prompt: prompt.transcript });
      expect(record.boardEvents.map(({ type }) => type)).toEqual(['boot', 'answer']);
    });

    it('gives it its own time to come to its request', async () => {
      const bench = new FakeBench();
      const record = await ask(bench, { prompt: undefined });
      expect(record.ending).toBe('deadline');
      expect(record.endedAtHostMs).toBeGreaterThan(30_000);
      expect(record.endedAtHostMs).toBeLessThan(30_100);
    });
  });
});
