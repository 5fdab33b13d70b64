import { z } from 'zod';
import {
  consoleLineSchema,
  eventSchema,
  number,
  runSchema,
  soundLine,
  textLine,
  verdictSchema,
} from './schemas';

/** What a stored value says of itself; later minor versions keep it. */
const kindOf = (kind: string) => ({ schema: z.literal(`earshot/${kind}@1`) });

const documents = {
  run: ['run.json', runSchema.extend(kindOf('run'))],
  event: ['one line of events.jsonl', eventSchema.extend(kindOf('event'))],
  'turn-line': [
    'one line of turns.jsonl',
    z.union([soundLine.extend(kindOf('turn-line')), textLine.extend(kindOf('turn-line'))]),
  ],
  'console-line': [
    'one line of <board>/console.jsonl',
    consoleLineSchema.extend(kindOf('console-line')).loose(),
  ],
  verdict: ['verdict.json', verdictSchema.extend(kindOf('verdict'))],
} as const satisfies Record<string, readonly [string, z.ZodType]>;

/**
 * JSON Schemas (draft 2020-12) of what a run folder holds, by file name: what readers may rely on. Fields that are not named are
 * allowed, as a later minor version adds some. Numbers may be infinite: `1e999` in the files.
 */
export function jsonSchemas(): Readonly<Record<string, object>> {
  const files = Object.entries(documents).map(([kind, [file, schema]]) => {
    const document = z.toJSONSchema(schema, {
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        if ((zodSchema as unknown) === number) jsonSchema.type = 'number';
      },
    });
    const head = { $id: `urn:earshot:${kind}:1`, title: `earshot/${kind}@1: ${file}` };
    return [`${kind}.schema.json`, { ...head, ...document }] as const;
  });
  return Object.fromEntries(files);
}
