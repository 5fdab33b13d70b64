import { z } from 'zod';

/** What a schema says below one place of a file: keys it knows by name, or one shape for every entry. */
interface Inside {
  readonly keys: ReadonlyMap<string, readonly z.core.$ZodType[]>;
  /** Shapes of list items. */
  readonly items: readonly z.core.$ZodType[];
  /** Shapes of entries whose keys are free. */
  readonly entries: readonly z.core.$ZodType[];
}

/**
 * Keys that a schema allows in the mapping at `path`, those of every variant of a union; empty where the file ends or
 * where the keys are free.
 */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const [segment, ...rest] = path;
  const { keys, items, entries } = inside(schema);
  if (segment === undefined) return [...keys.keys()];
  const next = typeof segment === 'string' ? [...(keys.get(segment) ?? entries)] : items;
  return [...new Set(next.flatMap((part) => keysAt(part, rest)))];
}

/**
 * Every key that a file of this schema can hold, as dotted paths in the order of the schema: `turn.quiet`,
 * `boards[].rig.snrDb` for what is in a list, `turns[].say.*` for entries whose keys are free.
 */
export function allKeys(schema: z.core.$ZodType, prefix = ''): readonly string[] {
  const { keys, items, entries } = inside(schema);
  const named = [...keys].flatMap(([key, parts]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return [path, ...parts.flatMap((part) => allKeys(part, path))];
  });
  const ofItems = items.flatMap((part) => allKeys(part, `${prefix}[]`));
  const ofEntries = entries.flatMap((part) => allKeys(part, `${prefix}.*`));
  return [...new Set([...named, ...ofItems, ...ofEntries])];
}

function inside(wrapped: z.core.$ZodType): Inside {
  const schema = unwrap(wrapped);
  const keys = new Map<string, readonly z.core.$ZodType[]>();
  const items: z.core.$ZodType[] = [];
  const entries: z.core.$ZodType[] = [];
  if (schema instanceof z.ZodObject) {
    for (const [key, part] of Object.entries<z.core.$ZodType>(schema.shape)) keys.set(key, [part]);
  } else if (schema instanceof z.ZodArray) {
    items.push(schema.element);
  } else if (schema instanceof z.ZodRecord) {
    entries.push(schema.valueType);
  } else if (schema instanceof z.ZodUnion) {
    for (const option of schema.options.map(inside)) {
      for (const [key, parts] of option.keys) keys.set(key, [...(keys.get(key) ?? []), ...parts]);
      items.push(...option.items);
      entries.push(...option.entries);
    }
  }
  return { keys, items, entries };
}

/** The schema without what only changes absence or the value read: defaults, optional, transforms. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(schema.unwrap());
  // A transform ahead of a schema only changes what is read; one behind it, what comes out.
  if (schema instanceof z.ZodPipe)
    return unwrap(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  return schema;
}
