import type { MockProviderConfig, ProviderConfig } from '../config';
import type { NetworkShape } from '../ports';
import { turnNetwork, worsens } from './turn-network';

const mock = (over: Partial<MockProviderConfig> = {}): ProviderConfig =>
  ({ kind: 'mock', protocol: 'openai-realtime', network: {}, ...over }) as ProviderConfig;

const everything: NetworkShape = {
  ...{ delayMs: 30, jitterMs: 20, bytesPerSecond: 20_000, queueBytes: 0 },
  ...{ loss: { rate: 0.05, burst: 3 }, reorder: { rate: 1, byMs: 40 }, duplicate: { rate: 0 } },
  up: { loss: { rate: 1 } },
  down: {},
  cut: { afterBytes: 0, how: 'stall', lastsMs: 500 },
};

const refused = (provider: ProviderConfig, asked: unknown): string => {
  try {
    turnNetwork(provider, asked);
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'HIL_CONFIG_USAGE' });
    return (thrown as Error).message;
  }
  return 'taken';
};

it('takes all that a link can do, and nothing where nothing is asked for', () => {
  expect(turnNetwork(mock(), everything)).toEqual(everything);
  expect(turnNetwork(mock({ network: undefined }), undefined)).toBeUndefined();
});

it.each<[unknown, RegExp]>([
  [{ delayMs: -1 }, /network\.delayMs: /],
  [{ jitterMs: Number.NaN }, /network\.jitterMs: /],
  [{ delay: '30ms' }, /network: .*"delay"/],
  [{ loss: 0.05 }, /network\.loss: /],
  [{ loss: { rate: 5 } }, /network\.loss\.rate: /],
  [{ down: { loss: { rate: 0.9, burst: 3 } } }, /network\.down\.loss\.burst: runs of lost datagrams/],
  [{ cut: { afterBytes: 0, how: 'slowly' } }, /network\.cut\.how: /],
  [null, /network: /],
])('refuses %j, saying where', (asked, says) => {
  expect(refused(mock(), asked)).toMatch(says);
});

it('refuses a network where there is no link that could be changed, and says what to write', () => {
  expect(refused(mock({ network: undefined }), { delayMs: 5 })).toMatch(/provider\.network/);
  const live = { kind: 'live', protocol: 'openai-realtime', host: '', upstreamUrl: undefined } as const;
  expect(refused(live, { delayMs: 5 })).toMatch(/provider\.network/);
});

it('refuses what only datagrams can meet where all travels over TCP, as it would pass as if it had not been asked for', () => {
  expect(refused(mock({ protocol: 'openai' }), everything)).toContain(
    'queueBytes, loss, reorder, duplicate, up.loss, cut.lastsMs',
  );
  const slow: NetworkShape = {
    delayMs: 30,
    up: { bytesPerSecond: 1000 },
    cut: { afterBytes: 9, how: 'end' },
  };
  expect(turnNetwork(mock({ protocol: 'openai' }), slow)).toEqual(slow);
});

it.each<[NetworkShape | undefined, boolean]>([
  [undefined, false],
  [{}, false],
  [{ delayMs: 0, jitterMs: 0, up: { delayMs: 0 } }, false],
  [{ delayMs: 1 }, true],
  [{ delayMs: 0, down: { loss: { rate: 0.1 } } }, true],
  [{ cut: { afterBytes: 0, how: 'end' } }, true],
])('knows whether %j does anything', (shape, does) => {
  expect(worsens(shape)).toBe(does);
});
