import type { ProviderProtocol } from '../../ports';
import { ProviderError, type ErrorCode } from '../../errors';
import type { Answer, AskOptions, LiveClient, LiveEvent } from '../../provider';
import { UsageError } from '../command-table';
import { probeTargets } from './probe-target';
import { runProbe, type ProbePlan } from './run-probe';
import { answeredTurn, failedTurn } from './turn-figures';

describe('probeTargets', () => {
  it('reads kinds, protocols and models with slashes', () => {
    expect(probeTargets('mock:spark, live:siliconflow/deepseek-ai/DeepSeek-R1')).toEqual([
      { name: 'mock:spark', kind: 'mock', protocol: 'spark', model: undefined },
      {
        name: 'live:siliconflow/deepseek-ai/DeepSeek-R1',
        kind: 'live',
        protocol: 'siliconflow',
        model: 'deepseek-ai/DeepSeek-R1',
      },
    ]);
  });

  it.each([
    ['mock:deepsek', 'did you mean mock:deepseek?'],
    ['mok:spark', 'did you mean mock:spark'],
    ['anthropic', 'expected mock: or live: and one of'],
    ['mock:spark,mock:spark', 'names mock:spark twice'],
    [' , ', 'needs a provider'],
  ])('refuses %s: %s', (list, message) => {
    expect(() => probeTargets(list)).toThrow(message);
    expect(() => probeTargets(list)).toThrow(UsageError);
  });
});

const responseId = 'ask-1';
const request = (hostAtMs: number): LiveEvent => ({
  type: 'request',
  responseId,
  hostAtMs,
  prompt: 'Hi',
  stream: true,
});
const token = (hostAtMs: number, kind: 'answer' | 'reasoning' = 'answer'): LiveEvent => ({
  type: 'token',
  responseId,
  hostAtMs,
  kind,
  text: 'x',
});
const answer: Answer = {
  responseId,
  text: 'xxx',
  reasoning: '',
  calls: [],
  finishReason: 'stop',
  usage: { answerTokens: 9 },
  audioMs: 0,
  attempts: 1,
  startedAtHostMs: 1_000,
};
const asked = { turn: 1, prompt: 'en-joke-a' };

describe('the figures of a turn', () => {
  it('begin when the question has left; reasoning and connecting are apart', () => {
    const events: LiveEvent[] = [
      { type: 'connected', responseId, hostAtMs: 1_030 },
      request(1_040),
      { type: 'first-token', responseId, hostAtMs: 1_140, kind: 'reasoning' },
      token(1_140, 'reasoning'),
      token(1_240),
      token(1_250),
      token(1_290),
      { type: 'done', responseId, hostAtMs: 1_320 },
    ];
    expect(answeredTurn(asked, events, answer)).toEqual({
      ...asked,
      outcome: 'answered',
      attempts: 1,
      retried: [],
      connectMs: 30,
      firstThoughtMs: 100,
      firstTokenMs: 200,
      totalMs: 280,
      tokenGapsMs: [10, 40],
      tokens: 9,
      // 9 tokens in the 180 ms from the first thought on.
      tokensPerS: 50,
      characters: 3,
    });
  });

  it('of a spoken answer are its first packet and how fast it arrived', () => {
    const audio = (hostAtMs: number): LiveEvent => ({
      type: 'audio',
      responseId,
      hostAtMs,
      lengthSamples: 4_800,
      rateHz: 24_000,
    });
    const events: LiveEvent[] = [
      request(0),
      token(290),
      audio(300),
      audio(350),
      audio(400),
      { type: 'done', responseId, hostAtMs: 410 },
    ];
    const spoken = answeredTurn(asked, events, { ...answer, audioMs: 600, usage: undefined });
    // 400 ms of sound arrived in the 100 ms behind the first packet.
    expect(spoken).toMatchObject({ firstAudioMs: 300, audioMs: 600, realTimeFactor: 4, tokenGapsMs: [] });
    expect(spoken).not.toHaveProperty('tokensPerS');
  });

  it('are those of the attempt that was answered, and name the others', () => {
    const error: LiveEvent = { type: 'error', responseId, hostAtMs: 500, code: '503', message: 'busy' };
    const events: LiveEvent[] = [
      request(100),
      error,
      // Behind a wait of 340 ms.
      { type: 'connected', responseId, hostAtMs: 890 },
      request(900),
      token(950),
      { type: 'done', responseId, hostAtMs: 960 },
    ];
    const turn = answeredTurn(asked, events, { ...answer, attempts: 2, startedAtHostMs: 840 });
    expect(turn).toMatchObject({
      connectMs: 50,
      firstTokenMs: 50,
      totalMs: 60,
      attempts: 2,
      retried: ['503'],
    });
  });

  it('do not hide a fault of our own', () => {
    expect(() => failedTurn(asked, [], new TypeError('ours'))).toThrow('ours');
  });
});

describe('runProbe', () => {
  const fake = (
    log: string[],
    protocol: ProviderProtocol,
    fails?: (nth: number) => ErrorCode | undefined,
  ) => {
    let nth = 0;
    const client: LiveClient = {
      name: protocol,
      protocol,
      model: 'm',
      ask: (_question, { onEvent }: AskOptions = {}) => {
        nth += 1;
        log.push(`${protocol} ${nth}`);
        const code = fails?.(nth);
        if (code !== undefined)
          return Promise.reject(new ProviderError(code, 'No.', { providerCode: 'own' }));
        onEvent?.(request(0));
        onEvent?.({ type: 'done', responseId, hostAtMs: nth });
        return Promise.resolve(answer);
      },
      close: () => Promise.resolve(),
    };
    return { name: `mock:${protocol}`, client };
  };
  const plan = (clients: ProbePlan['clients'], more: Partial<ProbePlan> = {}): ProbePlan => ({
    clients,
    questions: ['a', 'b'].map((prompt) => ({ prompt, question: { text: prompt, stream: true } })),
    turns: 3,
    concurrency: 2,
    signal: new AbortController().signal,
    onTurn: () => undefined,
    ...more,
  });

  it('asks in rounds, so that providers alternate, and goes through the prompts', async () => {
    const log: string[] = [];
    const { turns, stopped } = await runProbe(plan([fake(log, 'openai'), fake(log, 'spark')]));
    expect(log).toEqual(['openai 1', 'openai 2', 'spark 1', 'spark 2', 'openai 3', 'spark 3']);
    expect(turns.get('mock:spark')?.map(({ prompt }) => prompt)).toEqual(['a', 'b', 'a']);
    expect(stopped).toBeUndefined();
  });

  it('goes on after failures and keeps each', async () => {
    const failing = fake([], 'openai', (nth) => (nth === 2 ? 'HIL_PROVIDER_LIMITED' : undefined));
    const { turns } = await runProbe(plan([failing]));
    expect(turns.get('mock:openai')?.map(({ outcome }) => outcome)).toEqual([
      'answered',
      'failed',
      'answered',
    ]);
    expect(turns.get('mock:openai')?.[1]).toMatchObject({
      error: { code: 'HIL_PROVIDER_LIMITED', providerCode: 'own' },
    });
  });

  it.each([
    ['HIL_PROVIDER_SPEND_CAP', 'spend-cap'],
    ['HIL_PROVIDER_CANCELLED', 'interrupted'],
  ] as const)('stops at %s and keeps what was measured', async (code, why) => {
    const log: string[] = [];
    const stopping = fake(log, 'openai', (nth) => (nth === 2 ? code : undefined));
    const { turns, stopped } = await runProbe(plan([stopping, fake(log, 'spark')], { concurrency: 1 }));
    expect(stopped).toBe(why);
    expect(log).toEqual(['openai 1', 'spark 1', 'openai 2']);
    expect(turns.get('mock:openai')).toHaveLength(1);
  });
});
