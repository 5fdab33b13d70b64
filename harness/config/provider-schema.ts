import { z } from 'zod';
import {
  kissCodes,
  leastBurst,
  providerFaults,
  providerProtocols,
  realtimeDialects,
  toolRaces,
  upstreamTransports,
} from '../ports';
import { duration } from './duration';
import { percent, text } from './field-types';

const port = z.int().min(0).max(65_535).default(0);
const CENTURY_MS = 3_155_760_000_000;
const signedDuration = duration({ atLeastMs: -CENTURY_MS, atMostMs: CENTURY_MS });
const variableName = z.string().regex(/^[A-Z_][A-Z0-9_]*$/i, 'expected the name of an environment variable');

/** A share that is written alone is the rate of what else could be said of it. */
const orRate = <T extends z.ZodType>(mapping: T) =>
  z.preprocess(
    (value) => (typeof value === 'string' || typeof value === 'number' ? { rate: value } : value),
    mapping,
  );

/** What one direction of a link does; what it does without these keys is said where they are used. */
const direction = {
  /** Default: as wide as this machine can. */
  bytesPerSecond: z.int().min(1).max(1e9).exactOptional(),
  /** Default: 64 KiB. */
  queueBytes: z.int().min(0).max(1e9).exactOptional(),
  /** Default: none. */
  loss: orRate(
    z
      .strictObject({
        rate: percent(),
        /** Default: each datagram is lost independently. */
        burst: z.number().min(1).max(10_000).exactOptional(),
      })
      .refine(({ rate, burst }) => burst === undefined || rate >= 1 || burst >= leastBurst(rate), {
        path: ['burst'],
        error: ({ input }) => {
          const { rate } = input as { readonly rate: number };
          return `so much is lost only in runs of at least ${leastBurst(rate).toFixed(1)} on average`;
        },
      }),
  ).exactOptional(),
  /** Default: none. */
  reorder: orRate(
    z.strictObject({
      rate: percent(),
      /** Default: 40ms, two packets of speech. */
      by: duration({ atMostMs: 60_000 }).default(40),
    }),
  ).exactOptional(),
  /** Default: none. */
  duplicate: orRate(z.strictObject({ rate: percent() })).exactOptional(),
} as const;

const oneWay = z
  .strictObject({
    delay: duration({ atMostMs: 60_000 }).exactOptional(),
    jitter: duration({ atMostMs: 60_000 }).exactOptional(),
    ...direction,
  })
  .exactOptional();

/** A link between board and provider. */
const network = z.strictObject({
  /** Default: 0ms. */
  delay: duration({ atMostMs: 60_000 }).default(0),
  /** Default: 0ms. */
  jitter: duration({ atMostMs: 60_000 }).default(0),
  ...direction,
  /** Default: as both ways. */
  up: oneWay,
  /** Default: as both ways. */
  down: oneWay,
  /** Default: it holds. */
  cut: z
    .strictObject({
      afterBytes: z.int().min(0).max(1e9),
      how: z.enum(['end', 'reset', 'stall', 'half-open']),
      /** Default: for good. */
      lasts: duration().exactOptional(),
    })
    .exactOptional(),
});

/** What only datagrams can meet: a protocol that has none would pass as if nothing had been asked for. */
function datagramsOnly(
  { protocol, network: link }: { readonly protocol: string; readonly network?: z.output<typeof network> },
  context: z.core.$RefinementCtx,
): void {
  if (link === undefined || protocol === 'openai-realtime') return;
  const message = `nothing of ${protocol} travels in datagrams, and TCP sends again what is lost: leave it out`;
  const refuse = (path: readonly string[]): void => {
    context.addIssue({ code: 'custom', path: ['network', ...path], message });
  };
  const ways = [[[], link] as const, [['up'], link.up] as const, [['down'], link.down] as const];
  for (const [at, way] of ways) {
    for (const key of ['queueBytes', 'loss', 'reorder', 'duplicate'] as const)
      if (way?.[key] !== undefined) refuse([...at, key]);
  }
  if (link.cut?.lasts !== undefined) refuse(['cut', 'lasts']);
}

/** What only OpenAI Realtime has. */
function realtimeOnly(
  written: { readonly protocol: string; readonly dialect: string; readonly toolRace: string },
  context: z.core.$RefinementCtx,
): void {
  const { protocol, dialect, toolRace } = written;
  if (protocol === 'openai-realtime') return;
  const message = `${protocol} has none, only openai-realtime: leave it out`;
  if (dialect !== 'ga') context.addIssue({ code: 'custom', path: ['dialect'], message });
  if (toolRace !== 'lenient') context.addIssue({ code: 'custom', path: ['toolRace'], message });
}

/** Where a mock listens with TLS. */
function tlsListens(
  written: {
    readonly port: number;
    readonly tlsPort: number;
    readonly tls: boolean;
    readonly certs?: string;
  },
  context: z.core.$RefinementCtx,
): void {
  const { port: plainPort, tlsPort, tls, certs } = written;
  const refuse = (message: string): void => {
    context.addIssue({ code: 'custom', path: ['tlsPort'], message });
  };
  if (tlsPort === 0) return;
  if (!tls && certs === undefined) refuse('nothing listens there without tls: true or certs');
  else if (tlsPort === plainPort) refuse('port has the same, and both are listened on');
}

const mockProvider = z
  .strictObject({
    /** Default: mock. */
    kind: z.literal('mock'),
    /** Default: openai-realtime. */
    protocol: z.enum(providerProtocols).default('openai-realtime'),
    /** Default: 127.0.0.1. */
    host: text.default('127.0.0.1'),
    /** Default: 0, any free port. */
    port,
    /** Default: 0, any free port. */
    tlsPort: port,
    /** Default: false. */
    tls: z.boolean().default(false),
    /** Default: none, a certificate for localhost is made where `tls` asks for one. */
    certs: text.exactOptional(),
    /** Names of environment variables, by credential. Default: what the mock of the protocol lets in by itself. */
    credentials: z.record(z.string(), variableName).exactOptional(),
    /** Default: none. */
    faults: z.array(z.enum(providerFaults)).default([]),
    /** Default: none, boards connect to the mock itself. */
    network: network.exactOptional(),
    /** Default: none, answers are the scenario's. */
    replay: text.exactOptional(),
    /** Default: ga. */
    dialect: z.enum(realtimeDialects).default('ga'),
    /** Default: lenient. */
    toolRace: z.enum(toolRaces).default('lenient'),
  })
  .superRefine(datagramsOnly)
  .superRefine(tlsListens)
  .superRefine(realtimeOnly);

/** Hands on what board and real provider say to each other. */
const proxyProvider = z
  .strictObject({
    kind: z.literal('proxy'),
    protocol: z.enum(providerProtocols),
    /** Default: 127.0.0.1. */
    host: text.default('127.0.0.1'),
    /** Default: 0, any free port. */
    port,
    /** Default: false. */
    tls: z.boolean().default(false),
    /** Default: none, a certificate for localhost is made where `tls` asks for one. */
    certs: text.exactOptional(),
    /** Names of environment variables, by credential. Default: none, on loopback. */
    credentials: z.record(z.string(), variableName).exactOptional(),
    /** Default: what the environment says, else the provider's own address. */
    upstream: z.url({ protocol: /^(https?|wss?)$/ }).exactOptional(),
    /** Default: websocket. */
    upstreamTransport: z.enum(upstreamTransports).default('websocket'),
    /** Default: nothing is recorded. */
    cassette: text.exactOptional(),
  })
  .superRefine(({ protocol, upstreamTransport }, context) => {
    if (protocol === 'openai-realtime' || upstreamTransport === 'websocket') return;
    const message = `no board calls ${protocol} over WebRTC: leave it out`;
    context.addIssue({ code: 'custom', path: ['upstreamTransport'], message });
  });

/** The real provider, which the board reaches by itself. */
const liveProvider = z.strictObject({
  kind: z.literal('live'),
  protocol: z.enum(providerProtocols),
  /** Default: 127.0.0.1. */
  host: text.default('127.0.0.1'),
  /** Default: what the environment says, else the provider's own address. */
  upstream: z.url({ protocol: /^(https?|wss?)$/ }).exactOptional(),
});

/** A provider of the team's own. */
const pluginProvider = z.strictObject({
  kind: z.literal('plugin'),
  name: text,
  /** Default: none. */
  options: z.json().exactOptional(),
  /** Default: 127.0.0.1. */
  host: text.default('127.0.0.1'),
  /** Default: 0, any free port. */
  port,
});

/** The voice service that boards talk to; without a kind it is a mock. */
export const provider = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && !('kind' in value) ? { ...value, kind: 'mock' } : value,
  z.discriminatedUnion('kind', [mockProvider, proxyProvider, liveProvider, pluginProvider]),
);

/** What a board that asks for the time is told. */
const sntpAnswer = z
  .strictObject({
    /** Default: none. */
    skew: signedDuration.exactOptional(),
    /** Default: none. */
    kissOfDeath: z.enum(kissCodes).exactOptional(),
    /** Default: none. */
    silence: z.literal(true).exactOptional(),
  })
  .refine((answer) => Object.keys(answer).length === 1, 'expected one of skew, kissOfDeath and silence');

/** A time server for boards that ask for the time. */
export const ntp = z.strictObject({
  /** Default: 0, any free port. */
  port,
  /** Default: the right time. */
  answers: z
    .array(sntpAnswer)
    .min(1)
    .prefault([{ skew: '0ms' }]),
});
