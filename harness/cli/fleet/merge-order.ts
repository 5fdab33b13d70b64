import { z } from 'zod';

const schema = z.strictObject({
  jobId: z.string(),
  /** Where the fleet is. */
  queue: z.string(),
  redisCa: z.string().optional(),
  prefix: z.string(),
  bundles: z.string(),
  /** Folder that the merged run is made in. */
  reports: z.string(),
  /** Bundle with a budgets file. Absent: what the bench files name. */
  budgets: z.strictObject({ uri: z.string(), sha256: z.string() }).optional(),
});

/** What a process that makes one run of a job is started with. Passwords are in its environment. */
export type MergeOrder = z.infer<typeof schema>;

/** @throws ZodError, SyntaxError: only this program writes one. */
export const readMergeOrder = (text: string): MergeOrder => schema.parse(JSON.parse(text));
