import { z } from 'zod';
import type { ProviderConfig } from '../config';
import { ConfigError } from '../errors';
import { leastBurst, type NetworkShape } from '../ports';

const LONGEST_MS = 60_000;
const MOST_BYTES = 1e9;

const ms = z.number().min(0).max(LONGEST_MS);
const share = z.number().min(0).max(1);

/** One direction, within the bounds of `provider.network` of the bench file. */
const direction = {
  delayMs: ms.exactOptional(),
  jitterMs: ms.exactOptional(),
  bytesPerSecond: z.int().min(1).max(MOST_BYTES).exactOptional(),
  queueBytes: z.int().min(0).max(MOST_BYTES).exactOptional(),
  loss: z
    .strictObject({ rate: share, burst: z.number().min(1).max(10_000).exactOptional() })
    .refine(({ rate, burst }) => burst === undefined || rate >= 1 || burst >= leastBurst(rate), {
      path: ['burst'],
      error: 'runs of lost datagrams are at least rate ÷ (1 − rate) long on average',
    })
    .exactOptional(),
  reorder: z.strictObject({ rate: share, byMs: ms }).exactOptional(),
  duplicate: z.strictObject({ rate: share }).exactOptional(),
} as const;

const shapes = z.strictObject({
  ...direction,
  up: z.strictObject(direction).exactOptional(),
  down: z.strictObject(direction).exactOptional(),
  cut: z
    .strictObject({
      afterBytes: z.int().min(0).max(MOST_BYTES),
      how: z.enum(['end', 'reset', 'stall', 'half-open']),
      lastsMs: z.number().min(0).max(3_600_000).exactOptional(),
    })
    .exactOptional(),
});

const usage = (message: string, facts: Readonly<Record<string, unknown>> = {}): ConfigError =>
  new ConfigError('HIL_CONFIG_USAGE', message, facts);

/** Whether a link does anything: one that is there for the turns to change need not. */
export function worsens(shape: NetworkShape | undefined): boolean {
  const { up, down, ...both } = shape ?? {};
  return [both, up ?? {}, down ?? {}].some((way) => Object.values(way).some((value) => value !== 0));
}

/** Keys that a link asks for and that only datagrams can meet. */
function datagramKeysOf({ up, down, cut, ...both }: NetworkShape): readonly string[] {
  const keys = ['queueBytes', 'loss', 'reorder', 'duplicate'] as const;
  const ways = [['', both] as const, ['up.', up] as const, ['down.', down] as const];
  const found = ways.flatMap(([at, way]) =>
    keys.filter((key) => way?.[key] !== undefined).map((key) => at + key),
  );
  return cut?.lastsMs === undefined ? found : [...found, 'cut.lastsMs'];
}

/**
 * The link that a suite asks for in one turn.
 * @param asked - Of the suite, so of any shape.
 * @throws ConfigError `HIL_CONFIG_USAGE` for what is no link, for one that this provider's protocol cannot have, and for a bench
 *   whose provider stands behind none.
 */
export function turnNetwork(provider: ProviderConfig, asked: unknown): NetworkShape | undefined {
  if (asked === undefined) return undefined;
  if (provider.kind !== 'mock' || provider.network === undefined) {
    const message =
      'A turn asks for a network of its own, and boards of this bench reach their provider without a link that could be ' +
      'changed: give the bench file a mock with provider.network, which may be empty ({}).';
    throw usage(message, { provider: provider.kind });
  }
  const read = shapes.safeParse(asked);
  if (!read.success) {
    const [issue] = read.error.issues;
    const at = ['network', ...(issue?.path ?? [])].map(String).join('.');
    throw usage(
      `A turn asks for a network that there is none of: ${at}: ${issue?.message ?? 'unreadable'}.`,
      {
        network: asked,
      },
    );
  }
  const tooMuch = provider.protocol === 'openai-realtime' ? [] : datagramKeysOf(read.data);
  if (tooMuch.length === 0) return read.data;
  const message =
    `A turn asks for a network with ${tooMuch.join(', ')}, and nothing of ${provider.protocol} travels in datagrams: ` +
    'TCP sends again what is lost.';
  throw usage(message, { network: asked, protocol: provider.protocol });
}
