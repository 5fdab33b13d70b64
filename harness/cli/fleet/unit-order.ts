import { z } from 'zod';

const schema = z.strictObject({
  bench: z.string(),
  board: z.string(),
  suites: z.array(z.string()),
  turns: z.number().optional(),
  /** As `--provider` is written. Absent: what the bench names. */
  provider: z.string().optional(),
  /** What was written into the board. Absent: whatever it runs is tested. */
  image: z.string().optional(),
  reports: z.string(),
});

/** What a process that plays a unit is started with. */
export type UnitOrder = z.infer<typeof schema>;

/** @throws ZodError, SyntaxError: only this program writes one. */
export const readUnitOrder = (text: string): UnitOrder => schema.parse(JSON.parse(text));

/** What its parent tells it: to end in order, and the second time, at once. */
export const INTERRUPT = { type: 'interrupt' } as const;
