/** What is wrong with a client event, in the words of reference/providers.md 2.11. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
}

/** Looks at a value at a path; undefined when it is fine. */
export type Check = (value: unknown, path: string) => Fault | undefined;

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const article = (noun: string): string => (/^[aeio]/.test(noun) ? `an ${noun}` : `a ${noun}`);

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'decimal';
  return typeof value;
}

const wrongType = (value: unknown, path: string, expected: string): Fault => ({
  code: 'invalid_type',
  message: `Invalid type for '${path}': expected ${article(expected)}, but got ${article(typeName(value))} instead.`,
  param: path,
});

const list = (values: readonly string[]): string => {
  const quoted = values.map((value) => `'${value}'`);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`;
};

export const invalidValue = (value: unknown, path: string, accepted: readonly string[]): Fault => ({
  code: 'invalid_value',
  message: `Invalid value: '${String(value).slice(0, 80)}'. Supported values are: ${list(accepted)}.`,
  param: path,
});

const missing = (path: string): Fault => ({
  code: 'missing_required_parameter',
  message: `Missing required parameter: '${path}'.`,
  param: path,
});

export const anything: Check = () => undefined;

export const text: Check = (value, path) =>
  typeof value === 'string' ? undefined : wrongType(value, path, 'string');

export const flag: Check = (value, path) =>
  typeof value === 'boolean' ? undefined : wrongType(value, path, 'boolean');

export const textUpTo =
  (maxLength: number): Check =>
  (value, path) =>
    text(value, path) ??
    ((value as string).length <= maxLength
      ? undefined
      : {
          code: 'string_above_max_length',
          message: `Invalid '${path}': string too long. Expected a string with maximum length ${maxLength}.`,
          param: path,
        });

export const oneOf =
  (...accepted: readonly string[]): Check =>
  (value, path) =>
    text(value, path) ??
    (accepted.includes(value as string) ? undefined : invalidValue(value, path, accepted));

/** A number in [min, max]; `kind` decides the words and whether fractions may stand. */
export const numberIn =
  (kind: 'integer' | 'decimal', min: number, max: number): Check =>
  (value, path) => {
    if (typeof value !== 'number' || (kind === 'integer' && !Number.isInteger(value)))
      return wrongType(value, path, kind === 'integer' ? 'integer' : 'decimal');
    if (value >= min && value <= max) return undefined;
    const side = value < min ? 'below_min' : 'above_max';
    const words = value < min ? `a value >= ${min}` : `a value <= ${max}`;
    return {
      code: `${kind}_${side}_value`,
      message: `Invalid '${path}': ${kind} ${side.replace('_', ' ')}imum value. Expected ${words}, but got ${value} instead.`,
      param: path,
    };
  };

export const nullable =
  (check: Check): Check =>
  (value, path) =>
    value === null ? undefined : check(value, path);

/** Fine when one of them finds nothing; else the first one's complaint. */
export const either =
  (...checks: readonly Check[]): Check =>
  (value, path) => {
    const faults = checks.map((check) => check(value, path));
    return faults.includes(undefined) ? undefined : faults[0];
  };

export const listOf =
  (check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return wrongType(value, path, 'array');
    for (const [index, entry] of value.entries()) {
      const fault = check(entry, `${path}[${index}]`);
      if (fault) return fault;
    }
    return undefined;
  };

/** What is wrong with the fields of an object; `strange` looks at those that are not among them. */
function checkFields(
  value: Json,
  path: string,
  fields: Readonly<Record<string, Check>>,
  required: readonly string[],
  strange: (path: string) => Fault | undefined,
): Fault | undefined {
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  for (const [name, entry] of Object.entries(value)) {
    const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const fault = check === undefined ? strange(at(name)) : check(entry, at(name));
    if (fault) return fault;
  }
  const absent = required.find((name) => value[name] === undefined);
  return absent === undefined ? undefined : missing(at(absent));
}

/** An object with these fields and no others; `required` ones must be there. */
export const object =
  (fields: Readonly<Record<string, Check>>, required: readonly string[] = []): Check =>
  (value, path) =>
    isObject(value)
      ? checkFields(value, path, fields, required, (strange) => ({
          code: 'unknown_parameter',
          message: `Unknown parameter: '${strange}'.`,
          param: strange,
        }))
      : wrongType(value, path, 'object');

/** An object that may have other fields as well; `required` ones must be there. */
export const openObject =
  (fields: Readonly<Record<string, Check>>, required: readonly string[] = []): Check =>
  (value, path) =>
    isObject(value)
      ? checkFields(value, path, fields, required, () => undefined)
      : wrongType(value, path, 'object');

/** An object whose fields depend on its `type`. */
export const byType =
  (kinds: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (!isObject(value)) return wrongType(value, path, 'object');
    const typePath = path === '' ? 'type' : `${path}.type`;
    if (value.type === undefined) return missing(typePath);
    if (typeof value.type !== 'string') return wrongType(value.type, typePath, 'string');
    const check = Object.hasOwn(kinds, value.type) ? kinds[value.type] : undefined;
    return check ? check(value, path) : invalidValue(value.type, typePath, Object.keys(kinds));
  };
