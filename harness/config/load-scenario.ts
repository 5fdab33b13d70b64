import { z } from 'zod';
import { providerFaults, type Delay, type Scenario } from '../ports';
import { deepFreeze } from './deep-freeze';
import { duration } from './duration';
import { text } from './field-types';
import { readYamlFile } from './yaml-file';

const utterance = text;
/** Reply utterance by language. */
const spoken = z.record(
  z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/, 'expected a language such as en or zh'),
  utterance,
);

const turn = z.strictObject({
  heard: z.array(utterance).min(1),
  /** Default: none. */
  calls: z
    .array(
      z.strictObject({
        name: text,
        /** Default: none. */
        arguments: z.record(z.string(), z.json()).default({}),
      }),
    )
    .default([]),
  /** Default: nothing is said. */
  say: spoken.exactOptional(),
  /** Default: nothing goes wrong. */
  fault: z.enum(providerFaults).exactOptional(),
});

const stageDuration = duration({ atMostMs: 120_000 });
const spread = z
  .strictObject({ median: stageDuration, p95: stageDuration })
  .refine(({ median, p95 }) => median > 0 && p95 >= median, 'expected 0 < median <= p95')
  .transform(({ median, p95 }) => ({ medianMs: median, p95Ms: p95 }));

/** `150ms`, or `{ median: 150ms, p95: 400ms }`: judged as what it looks like, so that its fault is named. */
const delay = z.unknown().transform((value, context): Delay => {
  const read = (typeof value === 'object' ? spread : stageDuration).safeParse(value);
  if (read.success) return read.data;
  for (const { path, message } of read.error.issues)
    context.addIssue({ code: 'custom', path: [...path], message });
  return z.NEVER;
});
const stage = (defaultMs: number) => delay.prefault(`${defaultMs}ms`);

/** A scenario file as written; docs/scenario-file.md explains every key. */
export const scenarioFile = z.strictObject({
  schema: z.literal('earshot/scenario@1'),
  name: text,
  /** Default: nothing is said. */
  greeting: spoken.exactOptional(),
  turns: z.array(turn).superRefine((turns, context) => {
    const taken = new Set<string>();
    for (const [index, { heard }] of turns.entries()) {
      for (const [position, each] of heard.entries()) {
        const message = 'an earlier entry answers this utterance already';
        if (taken.has(each)) context.addIssue({ code: 'custom', path: [index, 'heard', position], message });
        taken.add(each);
      }
    }
  }),
  /** Default: silence. */
  unknown: spoken.exactOptional(),
  timing: z
    .strictObject({
      /** Default: 10ms. */
      responseCreated: stage(10),
      /** Default: 150ms. */
      firstAudio: stage(150),
      /** Default: 120ms. */
      toolCall: stage(120),
    })
    .prefault({}),
  pacing: z
    .strictObject({
      /** Default: 200ms. */
      chunk: duration({ atLeastMs: 10, atMostMs: 10_000 }).default(200),
      /** Default: 4. */
      realTimeFactor: z.number().min(0).max(1000).default(4),
    })
    .prefault({}),
  text: z
    .strictObject({
      /** Default: 150ms. */
      firstToken: stage(150),
      /** Default: 20ms. */
      betweenTokens: stage(20),
      /** Default: 4. */
      charsPerToken: z.int().min(1).max(1000).default(4),
      /** Default: none. */
      reasoning: text.exactOptional(),
    })
    .prefault({}),
  turnDetection: z
    .strictObject({
      /** Default: 0.5. */
      threshold: z.number().min(0).max(1).default(0.5),
      /** Default: 300ms. */
      prefixPadding: duration({ atMostMs: 10_000 }).default(300),
      /** Default: 200ms. */
      silenceDuration: duration({ atMostMs: 10_000 }).default(200),
    })
    .prefault({}),
  /** Default: 1. */
  seed: z.int().min(0).max(0xffff_ffff).default(1),
});

/**
 * What a mock provider hears for and answers, durations in ms, frozen. That its utterances exist is the affair of
 * `checkScenario` (harness/corpus).
 * @throws ConfigError as `readYamlFile` does.
 */
export function loadScenario(path: string): Scenario {
  const {
    timing,
    pacing,
    text: written,
    turnDetection,
    ...rest
  } = readYamlFile(path, scenarioFile, 'scenario file');
  return deepFreeze({
    ...rest,
    timing: {
      responseCreatedMs: timing.responseCreated,
      firstAudioMs: timing.firstAudio,
      toolCallMs: timing.toolCall,
    },
    pacing: { chunkMs: pacing.chunk, realTimeFactor: pacing.realTimeFactor },
    text: {
      firstTokenMs: written.firstToken,
      betweenTokensMs: written.betweenTokens,
      charsPerToken: written.charsPerToken,
      ...(written.reasoning === undefined ? {} : { reasoning: written.reasoning }),
    },
    turnDetection: {
      threshold: turnDetection.threshold,
      prefixPaddingMs: turnDetection.prefixPadding,
      silenceDurationMs: turnDetection.silenceDuration,
    },
  });
}
