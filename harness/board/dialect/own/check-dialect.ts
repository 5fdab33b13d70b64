import { z } from 'zod';
import { ConfigError } from '../../../errors';
import { capabilities, type DialectPlugin } from '../../../ports';
import { problemOfEvent } from './event-shapes';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const FUNCTION = /^(?:[A-Z].*|.*[._].*)$/s;

/** One word at least, which a prompt's line can end. */
const command = z
  .string('a text')
  .regex(/^[^\r\n]*\S[^\r\n]*$/, 'a command: one line, not empty')
  .optional();
const isFunction = (value: unknown): boolean => typeof value === 'function';
const func = z.custom<unknown>(isFunction, 'a function').optional();
const text = z.string('a text').regex(/\S/, 'a text that is not empty');
const flag = z.boolean('true or false').optional();
const capability = z
  .string('a text')
  .refine(
    (value) => (capabilities as readonly string[]).includes(value) || FUNCTION.test(value),
    `one of ${capabilities.join(', ')}, or the name of a function, which begins with a capital or has a dot or an underscore`,
  );
const event = z.unknown().superRefine((value, context) => {
  const problem = isFunction(value) ? undefined : problemOfEvent(value);
  if (problem === undefined) return;
  const [, path = '', rest = problem] = /^\.?([^ ]*) (?:is .*; expected )?(.*)$/s.exec(problem) ?? [];
  context.addIssue({ code: 'custom', path: path === '' ? [] : path.split('.'), message: rest });
});

const schema = z.strictObject({
  name: z
    .string('a text')
    .regex(NAME, 'letters, digits, ".", "_" and "-", beginning with a letter or a digit'),
  firmware: text,
  project: text,
  protocol: text,
  capabilities: z.array(capability, 'a list of capabilities'),
  knownGaps: z.array(text, 'a list of texts').optional(),
  unadvertised: z.array(capability, 'a list of functions').optional(),
  prompt: z.enum(['sound', 'command', 'boot'], 'sound, command or boot').optional(),
  startsByItself: flag,
  readsConsole: flag,
  echoes: flag,
  commands: z
    .strictObject(
      { start: command, stop: command, ask: func, crash: command, memory: command },
      'an object with start, stop, ask, crash and memory',
    )
    .optional(),
  lines: z.array(
    z.strictObject(
      {
        pattern: z.instanceof(RegExp, { message: 'a regular expression' }),
        event,
      },
      'an object with pattern and event',
    ),
    'a list of patterns and their events',
  ),
  createReader: func,
});

const keyOf = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');

const shown = (value: unknown): string => {
  if (value === undefined) return 'missing';
  const json =
    value instanceof RegExp ? String(value) : isFunction(value) ? 'a function' : JSON.stringify(value);
  return `is ${json.length > 80 ? `${json.slice(0, 80)}…` : json}`;
};

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | null | undefined)?.[key],
    value,
  );

/** What is wrong between fields that are each right. */
function contradictionsOf(plugin: DialectPlugin): readonly string[] {
  const {
    capabilities: able,
    commands = {},
    prompt = 'sound',
    startsByItself = true,
    unadvertised = [],
  } = plugin;
  const has = (capability: string): boolean => able.some((one) => one === capability);
  const problems: string[] = [];
  if (has('session-commands') && (commands.start === undefined || commands.stop === undefined))
    problems.push('capabilities has session-commands; expected commands.start and commands.stop');
  if (has('crash-command') && commands.crash === undefined)
    problems.push('capabilities has crash-command; expected commands.crash');
  if (prompt === 'command' && commands.ask === undefined)
    problems.push('prompt is "command"; expected commands.ask, a function');
  if (prompt === 'sound' && !has('audio'))
    problems.push('prompt is "sound"; expected audio among the capabilities');
  if (prompt !== 'sound' && !has('text'))
    problems.push(`prompt is "${prompt}"; expected text among the capabilities`);
  if (!startsByItself && commands.start === undefined)
    problems.push('startsByItself is false; expected commands.start');
  for (const lost of unadvertised)
    if (!has(lost)) problems.push(`unadvertised has "${lost}"; expected a function of capabilities`);
  return problems;
}

/**
 * A dialect as it was declared, once it is one.
 * @param path - Where it was declared, for the message.
 * @throws ConfigError `HIL_CONFIG_DIALECT` with every field that is wrong, what it is and what was expected.
 */
export function checkDialect(value: unknown, path: string): DialectPlugin {
  const issues = schema.safeParse(value).error?.issues ?? [];
  const problems = issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(
        (key) =>
          `${keyOf([...issue.path, key])} is unknown; expected one of ${knownAt(issue.path).join(', ')}`,
      );
    const seen =
      issue.path.length === 0 ? `it ${shown(value)}` : `${keyOf(issue.path)} ${shown(at(value, issue.path))}`;
    return [
      issue.message.startsWith('no field')
        ? `${seen}, ${issue.message}`
        : `${seen}; expected ${issue.message}`,
    ];
  });
  const found = problems.length > 0 ? problems : contradictionsOf(value as DialectPlugin);
  if (found.length === 0) return value as DialectPlugin;
  throw new ConfigError('HIL_CONFIG_DIALECT', `The dialect of ${path} is not right: ${found.join('. ')}.`, {
    path,
    problems: found,
  });
}

const knownAt = (path: readonly PropertyKey[]): readonly string[] => {
  if (path[0] === 'commands') return ['start', 'stop', 'ask'];
  return path[0] === 'lines' ? ['pattern', 'event'] : Object.keys(schema.shape);
};
