import { isHilError } from '../errors';

/** An error for a person: what happened, the chain of causes, what to do. Our own bugs keep their stack. */
export function describeError(thrown: unknown): string {
  if (!isHilError(thrown)) {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return `${text}\n  This is a fault of Earshot itself; please report it with the text above.`;
  }
  const lines = [thrown.message, `  code    ${thrown.code} (${thrown.origin})`];
  for (let { cause } = thrown; cause instanceof Error; { cause } = cause as { cause?: unknown }) {
    lines.push(`  cause   ${cause.message}`);
  }
  const { near, stderr, problems } = thrown.facts;
  if (Array.isArray(problems) && problems.length > 1)
    lines.push(...problems.map((problem) => `  also    ${String(problem)}`));
  if (Array.isArray(near) && near.length > 0) lines.push(`  near    ${near.join(', ')}`);
  if (typeof stderr === 'string' && stderr.trim() !== '')
    lines.push(`  stderr  ${stderr.trim().split('\n').slice(-8).join('\n          ')}`);
  lines.push(`  remedy  ${thrown.remedy}`);
  return lines.join('\n');
}
