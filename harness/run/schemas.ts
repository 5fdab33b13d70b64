import { z } from 'zod';
import { isFolderName, isInside } from './file-in-run';

/**
 * What readers rely on. Objects are loose: a field that a later minor version adds is kept and not looked at. Numbers may be
 * infinite, which `z.number()` refuses.
 */
export const number = z.custom<number>((value) => typeof value === 'number', 'expected a number');
const stamp = z.looseObject({ hostAtMs: number });
const error = z.looseObject({ code: z.string(), message: z.string(), facts: z.looseObject({}) });

/** Of a file of the run. */
const path = z.string().refine(isInside, 'leads out of the run folder');

const clip = z.looseObject({
  id: z.string(),
  utterance: z.string(),
  language: z.string(),
  transcript: z.string(),
  rateHz: number,
});

const measured = z.discriminatedUnion('state', [
  z.looseObject({ state: z.literal('measured'), valueMs: number, uncertaintyMs: number }),
  z.looseObject({ state: z.literal('censored'), aboveMs: number, reason: z.string() }),
  z.looseObject({ state: z.literal('not-measured'), reason: z.string() }),
]);

export const consoleLineSchema = stamp.extend({
  index: number,
  text: z.string(),
  boot: number,
  byteOffset: number,
  deviceAtMs: number.optional(),
});

const turnRecord = z.looseObject({
  turnId: z.string(),
  boardName: z.string(),
  session: number,
  turnInSession: number,
  prompt: clip,
  expected: z.looseObject({ calls: z.array(z.looseObject({ name: z.string() })), spoken: z.boolean() }),
  startedAtHostMs: number,
  endedAtHostMs: number,
  deadlineMs: number,
  ending: z.string(),
  capture: z.looseObject({ path, rateHz: number, firstRigSample: number }).optional(),
  received: z.looseObject({ path }).optional(),
  replies: z.array(z.looseObject({ responseId: z.string(), clip, path: path.optional() })),
  consoleLines: z.array(stamp.extend({ index: number, text: z.string(), boot: number })),
  boardEvents: z.array(stamp.extend({ type: z.string() })),
  providerEvents: z.array(stamp.extend({ type: z.string(), seq: number })),
  faults: z.array(error),
});

const turnMeasurement = z.looseObject({
  turnId: z.string(),
  topology: z.string(),
  measures: z.looseObject({
    voiceToVoice: measured,
    timeToFunctionCall: measured,
    timeToConfirmation: measured.optional(),
    uplink: measured,
    endpointing: measured,
    ttfa: measured,
    replyLeadIn: measured.optional(),
    downlink: measured,
    bargeInStop: measured.optional(),
  }),
  marks: z.array(stamp.extend({ name: z.string(), uncertaintyMs: number })),
  heard: z.looseObject({ confidence: number }).optional(),
  calls: z.array(z.looseObject({ name: z.string(), executed: z.array(stamp), effects: z.array(z.string()) })),
  reply: z.looseObject({ state: z.string() }),
  witness: z.looseObject({ onLoopback: z.boolean(), asBleed: z.boolean() }),
  levels: z.looseObject({}),
});

const textTurnRecord = z.looseObject({
  kind: z.literal('text'),
  turnId: z.string(),
  boardName: z.string(),
  session: number,
  turnInSession: number,
  prompt: clip.optional(),
  askedAtHostMs: number.optional(),
  ordered: z.string().optional(),
  startedAtHostMs: number,
  startedAtUnixMs: number,
  timeQuestions: z.array(z.looseObject({ hostAtMs: number, answer: z.looseObject({}) })).optional(),
  endedAtHostMs: number,
  deadlineMs: number,
  ending: z.string(),
  consoleLines: z.array(stamp.extend({ index: number, text: z.string(), boot: number })),
  boardEvents: z.array(stamp.extend({ type: z.string() })),
  providerEvents: z.array(stamp.extend({ type: z.string(), seq: number })),
  faults: z.array(error),
});

const textTurnMeasurement = z.looseObject({
  kind: z.literal('text'),
  turnId: z.string(),
  measures: z.looseObject({
    questionToAnswer: measured,
    timeToFirstToken: measured,
    totalTime: measured,
    boardTimeToFirstText: measured,
  }),
  marks: z.array(stamp.extend({ name: z.string(), uncertaintyMs: number })),
  question: z.string().optional(),
  answer: z.string().optional(),
  sent: z.string().optional(),
  answerCheck: z.looseObject({ state: z.string() }),
});

export const soundLine = z.looseObject({ record: turnRecord, measurement: turnMeasurement });
export const textLine = z.looseObject({ record: textTurnRecord, measurement: textTurnMeasurement });

const isText = (line: unknown): boolean =>
  z.looseObject({ record: z.looseObject({ kind: z.literal('text') }) }).safeParse(line).success;

/** One line of `turns.jsonl`: a spoken turn, or one in writing, which says so. A mistake is told as one of its own kind. */
export const turnLineSchema = z.unknown().superRefine((line, context) => {
  const { error: found } = (isText(line) ? textLine : soundLine).safeParse(line);
  for (const { path, message } of found?.issues ?? []) context.addIssue({ code: 'custom', path, message });
});

const finding = stamp.extend({
  code: z.string(),
  origin: z.string(),
  message: z.string(),
  facts: z.looseObject({}),
});

export const eventSchema = z.looseObject({
  seq: number,
  kind: z.string(),
  hostAtMs: number.optional(),
  data: z.looseObject({}),
});
export const findingEventSchema = eventSchema.extend({ data: finding });
export const boundEventSchema = eventSchema.extend({
  data: stamp.extend({
    measure: z.enum(['voiceToVoice', 'questionToAnswer']).optional(),
    quantile: z.enum(['p50', 'p90', 'p95', 'max']),
    boundMs: number,
    turnIds: z.array(z.string()),
  }),
});
export const testEventSchema = eventSchema.extend({
  data: z.looseObject({
    file: z.string(),
    name: z.array(z.string()),
    status: z.enum(['passed', 'failed', 'skipped']),
    durationMs: number,
    failures: z.array(z.string()),
    turnIds: z.array(z.string()),
  }),
});

export const runSchema = z.looseObject({
  runId: z.string().refine(isFolderName, 'is no name of a folder'),
  earshotVersion: z.string(),
  startedAt: z.string(),
  startedAtHostMs: number,
  bench: z.looseObject({ name: z.string() }),
  boards: z.array(
    z.looseObject({
      name: z.string(),
      model: z.string(),
      dialect: z.looseObject({ name: z.string(), knownGaps: z.array(z.string()) }),
    }),
  ),
  rig: z.looseObject({ name: z.string(), topology: z.string(), rateHz: number }).optional(),
  provider: z.looseObject({ name: z.string(), protocol: z.string(), way: z.string().optional() }),
  scenario: z.looseObject({ name: z.string() }),
  corpus: z.looseObject({ prompts: number }),
  faults: z.array(z.string()),
  inTurnsWith: z.string().optional(),
  soak: z
    .looseObject({
      forMs: number,
      playedMs: number,
      pattern: z.string(),
      bounds: z.looseObject({ internal: z.looseObject({}), psram: z.looseObject({}) }),
    })
    .optional(),
  quarantined: z
    .array(z.looseObject({ board: z.string(), reason: z.string(), since: z.string() }))
    .optional(),
  sources: z
    .array(
      z.looseObject({
        runId: z.string(),
        startedAt: z.string(),
        startedAtHostMs: number,
        hostOffsetMs: number,
        bench: z.looseObject({ name: z.string() }),
        boards: z.array(z.string()),
        turns: number,
        pair: number.optional(),
        aborted: z.boolean(),
      }),
    )
    .optional(),
});

const distribution = z.looseObject({ n: number, valuesMs: z.array(number) });

export const verdictSchema = z.looseObject({
  outcome: z.string(),
  exitCode: number,
  why: z.string(),
  turns: z.array(z.looseObject({ turnId: z.string(), outcome: z.string(), findings: z.array(finding) })),
  findings: z.array(finding),
  crashes: z
    .array(
      z.looseObject({ signature: z.string(), text: z.string(), count: number, turnIds: z.array(z.string()) }),
    )
    .optional(),
  budgets: z.array(
    z.looseObject({ measure: z.string(), bound: number, outcome: z.string(), why: z.string() }),
  ),
  goals: z.array(z.looseObject({ measure: z.string(), bound: number })).optional(),
  comparison: z
    .looseObject({
      against: z.string(),
      marginMs: number,
      shifts: z.array(z.looseObject({ measure: z.string(), outcome: z.string(), why: z.string() })),
    })
    .optional(),
  distributions: z.looseObject({ voiceToVoice: distribution }),
});
