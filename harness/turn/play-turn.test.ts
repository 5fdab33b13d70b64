import { BoardError, HilError, ProviderError, toWireError } from '../errors';
import type { HostWindow, ReplyRequest, TurnRecord } from '../ports';
import { FakeBench, fakeClip } from './__fixtures__/fake-bench';
import { playTurn, type TurnPlan } from './play-turn';
import { SpeakerWatch } from './speaker-watch';

const timing = { quietMs: 400, deadlineMs: 8_000, playbackGainDb: 0 };
const prompt = fakeClip('en-light-on-a', 1_000);
const reply = fakeClip('en-ok-a', 1_000);

const plan = (over: Partial<TurnPlan> = {}): TurnPlan => ({
  turnId: 't0001',
  session: 1,
  turnInSession: 1,
  prompt,
  promptSound: { samples: new Float32Array(24_000), rateHz: 24_000 },
  expected: { utterance: 'en-light-on', calls: [], spoken: true },
  replies: new Map([[reply.id, reply]]),
  sessionSeq: 0,
  ...over,
});

/** Quiet is reached at 400 ms, the prompt then lasts 1 s: sound of the reply comes at `replyAtMs`. */
function answer(bench: FakeBench, replyAtMs: number): void {
  bench.at(1_600, () => {
    bench.says({ type: 'speech-started', onsetAtStreamSample: 0 });
    bench.says({ type: 'endpoint', offsetAtStreamSample: 0 });
    bench.says({ type: 'response-started', responseId: 'r1', trigger: 'turn-detected' });
    bench.says({
      type: 'audio-out',
      responseId: 'r1',
      itemId: 'i1',
      replyId: reply.id,
      rateHz: 24_000,
      fromSample: 0,
      lengthSamples: 24_000,
    });
    bench.says({ type: 'response-done', responseId: 'r1', status: 'completed' });
  });
  bench.at(replyAtMs, () => bench.speaker(true));
  bench.at(replyAtMs + 1_000, () => bench.speaker(false));
}

const play = (bench: FakeBench, over: Partial<TurnPlan> = {}): Promise<TurnRecord> =>
  bench.run(playTurn(bench, new SpeakerWatch(bench.rig), timing, plan(over)));

describe('playTurn', () => {
  it('waits for quiet, then for the reply to end, and keeps what was sent', async () => {
    const bench = new FakeBench();
    bench.speaker(true);
    bench.at(200, () => bench.speaker(false));
    bench.at(1_900, () => undefined);
    answer(bench, 1_900);
    const record = await play(bench);
    expect(record.startedAtHostMs).toBeGreaterThanOrEqual(400);
    expect(record.ending).toBe('answered');
    expect(record.endedAtHostMs).toBeGreaterThanOrEqual(1_900 + 1_000 + timing.quietMs);
    expect(record.endedAtHostMs).toBeLessThan(1_900 + 1_000 + timing.quietMs + 100);
    expect(record.replies.map(({ clip }) => clip.id)).toEqual(['en-ok-a']);
    expect(record.capture?.path).toBe('captures/t0001.wav');
    expect(record.received?.path).toBe('t0001.wav');
    expect(bench.expectedTurns).toEqual(['t0001']);
    expect(Object.isFrozen(record)).toBe(true);
  });

  it('plays nothing into a session that the provider has ended while the board got quiet', async () => {
    const bench = new FakeBench();
    bench.says({ type: 'session-open' });
    bench.at(200, () =>
      bench.says({
        type: 'session-closed',
        closeCode: 1001,
        reason: 'session_expired',
        closedBy: 'provider',
      }),
    );
    const played = jest.spyOn(bench.rig, 'play');
    await expect(play(bench)).rejects.toMatchObject({ code: 'HIL_PROVIDER_SESSION_FAILED' });
    expect(played).not.toHaveBeenCalled();
  });

  it("keeps when the provider's process stood still from the prompt on, and goes on without where it cannot say", async () => {
    const bench = new FakeBench();
    answer(bench, 1_900);
    const stall = { fromHostAtMs: 1_700, lengthMs: 300 };
    const asked: HostWindow[] = [];
    const stalls = (window: HostWindow) => Promise.resolve((asked.push(window), [stall]));
    Object.assign(bench.provider, { stalls });
    const record = await play(bench);
    expect(record.providerStalls).toEqual([stall]);
    expect(asked).toEqual([
      { fromHostAtMs: record.startedAtHostMs, toHostAtMs: expect.any(Number) as number },
    ]);
    expect(asked[0]!.toHostAtMs).toBeGreaterThan(3_000);

    const other = new FakeBench();
    answer(other, 1_900);
    const error = new ProviderError('HIL_PROVIDER_DIED', 'gone', {});
    Object.assign(other.provider, { stalls: () => Promise.reject(error) });
    expect(await play(other)).toMatchObject({ faults: [{ code: 'HIL_PROVIDER_DIED' }] });
  });

  it('pings the clock of its board before the prompt and behind the reply', async () => {
    const bench = new FakeBench();
    answer(bench, 1_900);
    const pingedAtMs: number[] = [];
    Object.assign(bench.board, {
      pingClock: () => {
        pingedAtMs.push(bench.clock.nowMs());
        bench.prints({ type: 'complaint', text: `ping ${pingedAtMs.length}` });
        return Promise.resolve();
      },
    });
    const { startedAtHostMs, endedAtHostMs, boardEvents } = await play(bench);
    expect(pingedAtMs).toHaveLength(2);
    expect(pingedAtMs[0]).toBe(startedAtHostMs);
    expect(pingedAtMs[1]).toBeGreaterThan(2_900);
    expect(pingedAtMs[1]).toBeLessThanOrEqual(endedAtHostMs);
    expect(boardEvents).toMatchObject([{ text: 'ping 2' }]);
  });

  it('has a network of its own when it is told so, and leaves the bench its own behind', async () => {
    const bench = new FakeBench();
    answer(bench, 1_900);
    const network = { down: { loss: { rate: 0.05, burst: 3 } } };
    const record = await play(bench, { network });
    expect(bench.scripts).toEqual([{ turnId: 't0001', network }, { turnId: 't0001' }]);
    expect(record.faults).toEqual([]);
  });

  it('says of a provider that died before it had its network back that it broke', async () => {
    const bench = new FakeBench();
    answer(bench, 1_900);
    const told = jest.spyOn(bench.provider, 'expectTurn');
    told.mockResolvedValueOnce().mockRejectedValueOnce(new Error('gone'));
    expect((await play(bench, { network: { delayMs: 30 } })).faults).toMatchObject([{ message: 'gone' }]);
  });

  it('has a reply that is none of the corpus saved beside the captures', async () => {
    const bench = new FakeBench();
    answer(bench, 1_900);
    const said = fakeClip('i1', 900);
    Object.assign(bench.provider, {
      saveReply: ({ itemId, path }: ReplyRequest) => Promise.resolve({ ...said, id: itemId, path }),
    });
    const record = await play(bench, { replies: new Map() });
    expect(record.replies).toEqual([
      { responseId: 'r1', itemId: 'i1', clip: { ...said, path: '/run/t0001-0.wav' }, path: 't0001-0.wav' },
    ]);
    expect(record.replyAudio).toBeUndefined();
  });

  it('says that a reply is unknown of which the provider holds no sound', async () => {
    const bench = new FakeBench();
    answer(bench, 1_900);
    Object.assign(bench.provider, { saveReply: () => Promise.resolve(undefined) });
    expect(await play(bench, { replies: new Map() })).toMatchObject({ replies: [], replyAudio: 'unknown' });
  });

  describe('whose record is wanted before it is over', () => {
    /** Drafts that were handed out, and when. */
    const drafted = (bench: FakeBench): { drafts: TurnRecord[]; atMs: number[]; over: Partial<TurnPlan> } => {
      const drafts: TurnRecord[] = [];
      const atMs: number[] = [];
      const onDraft = (draft: TurnRecord): void => {
        drafts.push(draft);
        atMs.push(bench.clock.nowMs());
      };
      return { drafts, atMs, over: { onDraft } };
    };

    it('hands it out in the quiet behind the reply, and keeps it where nothing comes on top', async () => {
      const bench = new FakeBench();
      answer(bench, 1_900);
      const { drafts, atMs, over } = drafted(bench);
      const record = await play(bench, over);
      expect(drafts).toHaveLength(1);
      expect(drafts[0]).toBe(record);
      expect(atMs[0]).toBeGreaterThanOrEqual(2_900 + 150);
      expect(atMs[0]).toBeLessThan(2_900 + 200);
      // The turn lasts as long as ever (the block in which the reply ends is quiet), and its capture is saved once.
      expect(bench.clock.nowMs()).toBeGreaterThanOrEqual(2_890 + timing.quietMs);
      expect(bench.clock.nowMs()).toBeLessThan(2_900 + timing.quietMs + 100);
      expect(bench.saved).toHaveLength(1);
    });

    it.each<[string, (bench: FakeBench) => void]>([
      ['the board speaks on', (bench) => bench.speaker(true)],
      ['the board prints', (bench) => bench.prints({ type: 'complaint', text: 'late' })],
      ['the provider hears', (bench) => bench.says({ type: 'error', code: 'late', message: 'late' })],
    ])('makes another one where %s until the quiet is over', async (_, act) => {
      const bench = new FakeBench();
      answer(bench, 1_900);
      bench.at(3_200, () => act(bench));
      bench.at(3_250, () => bench.speaker(false));
      const { drafts, over } = drafted(bench);
      const record = await play(bench, over);
      expect(drafts).toHaveLength(1);
      expect(record).not.toBe(drafts[0]);
      expect(record.ending).toBe('answered');
      const soundOf = ({ capture }: TurnRecord): number => capture?.lengthSamples ?? 0;
      expect(soundOf(record)).toBeGreaterThan(soundOf(drafts[0]!) + 48 * 200);
    });

    it('makes another one where the board crashes behind its reply', async () => {
      const bench = new FakeBench();
      answer(bench, 1_900);
      const error = toWireError(new BoardError('HIL_BOARD_PANIC', 'crashed', {}));
      bench.at(3_200, () => bench.prints({ type: 'fault', error }));
      const { drafts, over } = drafted(bench);
      const record = await play(bench, over);
      expect(drafts[0]?.faults).toEqual([]);
      expect(record).toMatchObject({ ending: 'fault', faults: [{ code: 'HIL_BOARD_PANIC' }] });
    });

    it('hands out none whose measures hang on where the sound ends, or whose network is its own', async () => {
      const bench = new FakeBench();
      answer(bench, 1_900);
      Object.assign(bench.provider, { saveReply: () => Promise.resolve(undefined) });
      const { drafts, over } = drafted(bench);
      const record = await play(bench, { ...over, replies: new Map() });
      expect(record.replyAudio).toBe('unknown');
      expect(record.capture?.lengthSamples).toBeGreaterThan(48 * (300 + 1_900 - 400 + 1_000 + 350));

      const other = new FakeBench();
      answer(other, 1_900);
      await play(other, { ...over, network: { delayMs: 30 } });
      expect(drafts).toEqual([]);
    });
  });

  describe('of a board whose provider nobody watches', () => {
    const unwatched = (bench: FakeBench): FakeBench => {
      Object.assign(bench.provider, { unwatched: true });
      return bench;
    };

    it('ends when the speaker has been quiet for longer than speech pauses', async () => {
      const bench = unwatched(new FakeBench());
      bench.at(2_500, () => bench.speaker(true));
      bench.at(3_000, () => bench.speaker(false));
      bench.at(4_000, () => bench.speaker(true));
      bench.at(4_600, () => bench.speaker(false));
      const record = await play(bench);
      expect(record).toMatchObject({
        ending: 'answered',
        unwatched: true,
        replyAudio: 'unknown',
        replies: [],
      });
      expect(record.endedAtHostMs).toBeGreaterThanOrEqual(4_600 + 1_500);
      expect(record.endedAtHostMs).toBeLessThan(4_600 + 2_000);
    });

    it('ends at the deadline when nothing is said', async () => {
      const record = await play(unwatched(new FakeBench()));
      expect(record.ending).toBe('deadline');
      expect(record.endedAtHostMs).toBeGreaterThanOrEqual(8_000);
    });
  });

  it('does not take the pause before a late reply for its end', async () => {
    const bench = new FakeBench();
    answer(bench, 2_700);
    const record = await play(bench);
    expect(record.endedAtHostMs).toBeGreaterThanOrEqual(2_700 + 1_000 + timing.quietMs);
  });

  it('gives a reply that never sounds its time and then ends as answered', async () => {
    const bench = new FakeBench();
    answer(bench, 90_000);
    const record = await play(bench);
    expect(record.ending).toBe('answered');
    expect(record.endedAtHostMs).toBeGreaterThan(1_600 + 1_000 + 1_500);
    expect(record.endedAtHostMs).toBeLessThan(5_000);
  });

  describe('with an interruption', () => {
    const second = fakeClip('en-light-off-a', 1_000);
    const interruption = (afterMs: number): TurnPlan['interruption'] => ({
      prompt: second,
      promptSound: { samples: new Float32Array(24_000), rateHz: 24_000 },
      expected: { utterance: 'en-light-off', calls: [], spoken: true },
      afterMs,
    });

    it('plays the second prompt so long after the reply became audible, and waits for its answer', async () => {
      const bench = new FakeBench();
      answer(bench, 1_900);
      bench.at(2_300, () => {
        bench.says({ type: 'speech-started', onsetAtStreamSample: 0 });
        bench.says({ type: 'truncated', itemId: 'i1', audioEndMs: 400 });
        bench.speaker(false);
      });
      bench.at(3_500, () => {
        bench.says({ type: 'endpoint', offsetAtStreamSample: 0 });
        bench.says({ type: 'response-started', responseId: 'r2', trigger: 'turn-detected' });
        bench.says({
          type: 'audio-out',
          responseId: 'r2',
          itemId: 'i2',
          replyId: reply.id,
          rateHz: 24_000,
          fromSample: 0,
          lengthSamples: 24_000,
        });
        bench.says({ type: 'response-done', responseId: 'r2', status: 'completed' });
      });
      bench.at(3_700, () => bench.speaker(true));
      bench.at(4_700, () => bench.speaker(false));
      const record = await play(bench, { interruption: interruption(200)! });
      expect(record.ending).toBe('answered');
      const played = record.interruption?.playback;
      expect(record.interruption).toMatchObject({ prompt: { id: 'en-light-off-a' }, afterMs: 200 });
      // The fake rig starts one block after it was told to; block and host clock are the same here.
      expect(Math.abs((played?.askedAtHostMs ?? 0) - 2_100)).toBeLessThanOrEqual(20);
      expect(record.endedAtHostMs).toBeGreaterThanOrEqual(4_700 + timing.quietMs);
      expect(record.endedAtHostMs).toBeLessThan(4_700 + timing.quietMs + 100);
      expect(record.replies.map(({ itemId }) => itemId)).toEqual(['i1', 'i2']);
    });

    it('plays none into a reply that is over by then, and ends as ever', async () => {
      const bench = new FakeBench();
      answer(bench, 1_900);
      const record = await play(bench, { interruption: interruption(5_000)! });
      expect(record.ending).toBe('answered');
      expect(record.interruption).toMatchObject({ afterMs: 5_000, playback: undefined });
      expect(record.endedAtHostMs).toBeLessThan(1_900 + 1_000 + timing.quietMs + 100);
    });

    it('plays none into a reply that never sounds', async () => {
      const bench = new FakeBench();
      answer(bench, 90_000);
      const record = await play(bench, { interruption: interruption(0)! });
      expect(record.ending).toBe('answered');
      expect(record.interruption?.playback).toBeUndefined();
    });
  });

  describe('with a crash that was ordered', () => {
    const panic = toWireError(new BoardError('HIL_BOARD_PANIC', 'Board fake crashed: StoreProhibited.', {}));

    it('has the firmware crash so long after its reply became audible, and ends with what it printed', async () => {
      const bench = new FakeBench();
      answer(bench, 1_900);
      bench.at(2_300, () => bench.prints({ type: 'fault', error: panic }));
      const record = await play(bench, { crashAfterMs: 200 });
      expect(bench.crashes).toBe(1);
      expect(record.ending).toBe('fault');
      expect(record.endedAtHostMs).toBeLessThan(2_400);
      expect(record.faults).toEqual([]);
      expect(record.orderedCrash).toMatchObject({ afterMs: 200, crash: { code: 'HIL_BOARD_PANIC' } });
      expect(record.orderedCrash?.sentAtHostMs).toBeGreaterThanOrEqual(2_090);
      expect(record.orderedCrash?.sentAtHostMs).toBeLessThan(2_200);
    });

    it('waits five seconds for a crash that does not come, and says so', async () => {
      const bench = new FakeBench();
      answer(bench, 1_900);
      const record = await play(bench, { crashAfterMs: 200 });
      expect(record.ending).toBe('answered');
      expect(record.endedAtHostMs).toBeGreaterThanOrEqual(2_100 + 5_000);
      expect(record.orderedCrash).not.toHaveProperty('crash');
    });

    it('orders none of a board that crashes before it is due', async () => {
      const bench = new FakeBench();
      answer(bench, 1_900);
      bench.at(2_000, () => bench.prints({ type: 'fault', error: panic }));
      const record = await play(bench, { crashAfterMs: 600 });
      expect(bench.crashes).toBe(0);
      expect(record.faults).toMatchObject([{ code: 'HIL_BOARD_PANIC' }]);
      expect(record.orderedCrash).toEqual({ afterMs: 600 });
    });

    it('tells of a command that could not be typed as a fault', async () => {
      const bench = new FakeBench();
      answer(bench, 1_900);
      jest.spyOn(bench.board, 'crash').mockRejectedValue(new BoardError('HIL_BOARD_PORT_LOST', 'gone', {}));
      expect((await play(bench, { crashAfterMs: 200 })).faults).toMatchObject([
        { code: 'HIL_BOARD_PORT_LOST' },
      ]);
    });
  });

  it('gives up soon when the provider heard nothing, and says how long it waited', async () => {
    const bench = new FakeBench();
    const record = await play(bench);
    expect(record.ending).toBe('deadline');
    expect(record.deadlineMs).toBeLessThan(timing.deadlineMs);
    expect(record.deadlineMs).toBeGreaterThanOrEqual(2_400);
  });

  it('waits for the whole deadline when the board was heard and does not answer', async () => {
    const bench = new FakeBench();
    bench.at(1_600, () => {
      bench.says({ type: 'speech-started', onsetAtStreamSample: 0 });
      bench.says({ type: 'endpoint', offsetAtStreamSample: 0 });
      bench.says({ type: 'tool-call', responseId: 'r1', callId: 'c1', name: 'OpenDoor', arguments: {} });
    });
    const record = await play(bench);
    expect(record).toMatchObject({ ending: 'deadline', deadlineMs: timing.deadlineMs });
  });

  it('gives firmware that returns nothing of its calls the time to execute them, and no more', async () => {
    const bench = new FakeBench();
    bench.at(1_600, () => {
      bench.says({ type: 'speech-started', onsetAtStreamSample: 0 });
      bench.says({ type: 'endpoint', offsetAtStreamSample: 0 });
      bench.says({ type: 'response-started', responseId: 'r1', trigger: 'turn-detected' });
      bench.says({ type: 'tool-call', responseId: 'r1', callId: 'c1', name: 'OpenDoor', arguments: {} });
      bench.says({ type: 'response-done', responseId: 'r1', status: 'completed' });
    });
    const calls = [{ name: 'OpenDoor', arguments: {} }];
    const record = await play(bench, { expected: { utterance: 'en-door-open', calls, spoken: false } });
    expect(record.ending).toBe('answered');
    expect(record.endedAtHostMs).toBeGreaterThanOrEqual(1_600 + 1_500);
    expect(record.endedAtHostMs).toBeLessThan(1_600 + 1_500 + 100);
  });

  it.each([
    ['board', new BoardError('HIL_BOARD_PORT_LOST', 'unplugged'), 'HIL_BOARD_PORT_LOST'],
    ['provider', new ProviderError('HIL_PROVIDER_DIED', 'killed'), 'HIL_PROVIDER_DIED'],
    ['rig', new HilError('HIL_RIG_LINK_LOST', 'gone'), 'HIL_RIG_LINK_LOST'],
  ] as const)('ends at once when the %s is lost and keeps what there is', async (part, error, code) => {
    const bench = new FakeBench();
    bench.at(1_000, () => bench.lose(part, error));
    const record = await play(bench);
    expect(record.ending).toBe('fault');
    expect(record.faults.map((fault) => fault.code)).toEqual([code]);
    expect(record.endedAtHostMs).toBeLessThan(1_100);
    expect(record.capture).not.toBeUndefined();
    expect(bench.muted).toBe(true);
  });

  it('ends at a panic with its evidence', async () => {
    const bench = new FakeBench();
    bench.at(1_200, () =>
      bench.prints({
        type: 'fault',
        error: {
          code: 'HIL_BOARD_PANIC',
          message: 'StoreProhibited on core 0',
          facts: { reason: 'StoreProhibited' },
        },
      }),
    );
    const record = await play(bench);
    expect(record.faults).toMatchObject([{ code: 'HIL_BOARD_PANIC', facts: { reason: 'StoreProhibited' } }]);
  });

  const panic = {
    type: 'fault',
    error: { code: 'HIL_BOARD_PANIC', message: 'StoreProhibited on core 0', facts: {} },
  } as const;

  it('does not miss a panic between the quiet and the prompt', async () => {
    const bench = new FakeBench();
    bench.provider.expectTurn = () => {
      bench.prints(panic);
      return Promise.resolve();
    };
    const record = await play(bench);
    expect(record).toMatchObject({ ending: 'fault', faults: [{ code: 'HIL_BOARD_PANIC' }] });
    expect(record.boardEvents).toHaveLength(1);
  });

  it('does not miss a panic that is printed while the sound is being saved', async () => {
    const bench = new FakeBench();
    answer(bench, 1_900);
    bench.provider.saveReceived = () => {
      bench.prints(panic);
      return Promise.resolve(undefined);
    };
    expect(await play(bench)).toMatchObject({ ending: 'answered', faults: [{ code: 'HIL_BOARD_PANIC' }] });
  });

  it('does not end at a noise that was answered while the prompt itself is still being heard', async () => {
    const bench = new FakeBench();
    const respond = (atMs: number, id: string): void =>
      bench.at(atMs, () => {
        bench.says({ type: 'endpoint', offsetAtStreamSample: 0 });
        bench.says({ type: 'response-started', responseId: id, trigger: 'turn-detected' });
        bench.says({
          type: 'audio-out',
          responseId: id,
          itemId: id,
          replyId: reply.id,
          rateHz: 24_000,
          fromSample: 0,
          lengthSamples: 2_400,
        });
        bench.says({ type: 'response-done', responseId: id, status: 'completed' });
      });
    bench.at(450, () => bench.says({ type: 'speech-started', onsetAtStreamSample: 0 }));
    respond(700, 'noise');
    bench.at(850, () => bench.says({ type: 'speech-started', onsetAtStreamSample: 9_600 }));
    respond(2_400, 'answer');
    const record = await play(bench);
    expect(record.providerEvents.filter(({ type }) => type === 'endpoint')).toHaveLength(2);
  });

  it('ends with a board that answers itself by the third time, instead of following it for a minute', async () => {
    const bench = new FakeBench();
    answer(bench, 1_900);
    // Each answer is heard as the next question.
    for (const at of [2_100, 2_700, 3_300]) {
      bench.at(at, () => {
        bench.says({ type: 'speech-started', onsetAtStreamSample: 0 });
        bench.says({ type: 'endpoint', offsetAtStreamSample: 0 });
        bench.says({ type: 'response-started', responseId: `r${at}`, trigger: 'turn-detected' });
        const sound = { replyId: reply.id, rateHz: 24_000, fromSample: 0, lengthSamples: 24_000 };
        bench.says({ type: 'audio-out', responseId: `r${at}`, itemId: `i${at}`, ...sound });
        bench.says({ type: 'response-done', responseId: `r${at}`, status: 'completed' });
      });
    }
    const record = await play(bench);
    expect(record).toMatchObject({
      ending: 'fault',
      faults: [{ code: 'HIL_TURN_SELF_TRIGGERED', facts: { count: 3 } }],
    });
    expect(record.endedAtHostMs).toBeLessThan(3_400);
  });

  it('is of the session that the prompt went to, whatever is missed of the one before it meanwhile', async () => {
    const bench = new FakeBench();
    const saveReceived = bench.provider.saveReceived.bind(bench.provider);
    const asked: string[] = [];
    bench.provider.saveReceived = (span) => {
      asked.push(span.sessionId);
      return saveReceived(span);
    };
    bench.says({ type: 'session-open', sessionId: 'left' });
    bench.says({ type: 'session-open', sessionId: 's1' });
    answer(bench, 1_900);
    bench.at(500, () =>
      bench.says({ type: 'session-closed', closeCode: 1006, reason: 'peer_lost', sessionId: 'left' }),
    );
    const record = await play(bench);
    expect(asked).toEqual(['s1']);
    expect(record).toMatchObject({ ending: 'answered', received: { sessionId: 's1' } });
  });

  it('says which tools the session had declared', async () => {
    const bench = new FakeBench();
    bench.at(100, () => bench.says({ type: 'session-updated', tools: ['OpenDoor'] }));
    expect((await play(bench)).advertised).toEqual(['OpenDoor']);
  });

  it('blames a board that never gets quiet', async () => {
    const bench = new FakeBench();
    let loud = false;
    for (let atMs = 0; atMs < 60_000; atMs += 100) {
      bench.at(atMs, () => {
        loud = !loud;
        bench.speaker(loud);
      });
    }
    await expect(play(bench)).rejects.toMatchObject({ code: 'HIL_TURN_NEVER_QUIET', origin: 'board' });
  });
});
