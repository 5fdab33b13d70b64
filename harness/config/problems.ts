import type { z } from 'zod';
import { didYouMean, nearest } from './nearest';
import { keysAt } from './schema-keys';
import type { YamlText } from './yaml-text';

/** One thing that is wrong in a file, and what would be right. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  /** `boards[0].rig.snrDb`; empty for the file as a whole. */
  readonly key: string;
  /** One sentence without its full stop. */
  readonly sentence: string;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

const kindNames: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a mapping',
  record: 'a mapping',
  string: 'a text',
};

/**
 * What is wrong with a file, in the order of the file. A wrong `schema` hides the rest, because then it is another kind of
 * file; a missing key hides where an unknown one is its misspelling.
 */
export function problemsOf(issues: readonly Issue[], schema: z.ZodType, text: YamlText): readonly Problem[] {
  const misspelt = new Set<string>();
  const problems = issues.flatMap(meantBy).flatMap((issue): Problem[] => {
    if (issue.code !== 'unrecognized_keys') return [describe(issue, text)];
    const known = keysAt(schema, issue.path);
    return issue.keys.map((name) => {
      const path = [...issue.path, name];
      for (const meant of nearest(name, known, 1)) misspelt.add(keyOf([...issue.path, meant]));
      const sentence = `the key ${keyOf(path)} is unknown`;
      const hint = didYouMean(name, known) || `; known here: ${known.join(', ')}`;
      return { ...text.locate(path, 'key'), key: keyOf(path), sentence: sentence + hint };
    });
  });
  const wrongSchema = problems.filter(({ key }) => key === 'schema');
  if (wrongSchema.length > 0) return wrongSchema;
  return problems
    .filter(({ key, sentence }) => !(misspelt.has(key) && sentence.includes(' is missing; ')))
    .sort((one, other) => one.line - other.line || one.column - other.column);
}

/** What is wrong with the form that was meant, where a value may have several: the one of its kind, or else the first. */
function meantBy(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const isOfKind = (form: readonly Issue[]): boolean =>
    !form.some(({ code, path }) => code === 'invalid_type' && path.length === 0);
  const form = issue.errors.find(isOfKind) ?? issue.errors[0] ?? [];
  return form.flatMap((inner) => meantBy({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** A path as people write it: `boards[0].rig.snrDb`. */
export const keyOf = (path: Path): string =>
  path
    .map((segment) => (typeof segment === 'number' ? `[${segment}]` : `.${String(segment)}`))
    .join('')
    .replace(/^\./, '');

function describe(issue: Issue, text: YamlText): Problem {
  const seen = valueAt(text.value, issue.path);
  const key = keyOf(issue.path);
  const subject = key === '' ? 'the file' : key;
  const state = seen === undefined ? 'is missing' : `is ${shown(seen)}`;
  return {
    ...text.locate(issue.path, 'value'),
    key,
    sentence: `${subject} ${state}; ${wanted(issue, seen)}`,
  };
}

function wanted(issue: Issue, seen: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      // A schema's own message knows more than the bare type.
      return issue.message.startsWith('Invalid input')
        ? `expected ${kindNames[issue.expected] ?? issue.expected}`
        : issue.message;
    case 'invalid_value':
      return oneOf(issue.values.map(String), seen);
    case 'invalid_union':
      return oneOf('options' in issue ? (issue.options ?? []).map(String) : [], seen);
    case 'too_small':
      return `expected ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${counted(issue.origin)}`;
    case 'too_big':
      return `expected ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${counted(issue.origin)}`;
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return issue.message;
  }
}

function oneOf(values: readonly string[], seen: unknown): string {
  const expected = `expected ${values.length > 1 ? 'one of ' : ''}${values.join(', ')}`;
  return expected + (typeof seen === 'string' ? didYouMean(seen, values) : '');
}

function counted(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}

function valueAt(value: unknown, path: Path): unknown {
  let part = value;
  for (const segment of path) {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, segment)) return undefined;
    part = (part as Record<PropertyKey, unknown>)[segment];
  }
  return part;
}

function shown(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a mapping';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text;
}
