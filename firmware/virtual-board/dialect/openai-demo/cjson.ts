type Field = readonly [key: string, value: unknown];

/**
 * JSON as `cJSON_Print` formats it: a line for each field, indented by tabs, a tab behind the colon, arrays in one line.
 * @param depth - How many objects and arrays are around it.
 */
export function prettyCjson(value: unknown, depth = 0): string {
  if (Array.isArray(value)) return `[${value.map((entry) => prettyCjson(entry, depth + 1)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const indent = '\t'.repeat(depth + 1);
  const fields: readonly Field[] = Object.entries(value);
  const lines = fields.map(
    ([key, field]) => `${indent}${JSON.stringify(key)}:\t${prettyCjson(field, depth + 1)}`,
  );
  return lines.length === 0 ? `{\n${'\t'.repeat(depth)}}` : `{\n${lines.join(',\n')}\n${'\t'.repeat(depth)}}`;
}
