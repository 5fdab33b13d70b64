import type { z } from 'zod';
import { malformed } from './failure';

/**
 * A message checked against its shape.
 * @throws FailedAttempt `HIL_PROVIDER_MALFORMED` naming the first place that differs.
 */
export function shaped<Shape extends z.ZodType>(shape: Shape, value: unknown): z.infer<Shape> {
  const checked = shape.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const place = issue?.path.join('.') ?? '';
  const where = place === '' ? 'the answer' : `${place} of the answer`;
  throw malformed(`${where}: ${issue?.message ?? 'not what the protocol says'}`, 200);
}

/** A value as an object to look into; empty when it is none. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** Text of a code that may be written as a number; undefined when it is neither. */
export const codeText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
