import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { ConfigError } from '../errors';

/** A place in a text file, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A parsed YAML text: its value as JSON, and where in the text a key or a value stands. */
export interface YamlText {
  readonly value: unknown;
  /**
   * Where the value at `path` begins, or with `part: 'key'` the key that leads to it. What is absent is placed at the
   * nearest mapping or list around it.
   */
  locate(path: readonly PropertyKey[], part: 'key' | 'value'): Position;
}

/** Enough for every honest use of anchors, too few for a "billion laughs" file. */
const maxAliasCount = 100;

/**
 * Parses YAML 1.2 (core schema, one document, string keys, no custom tags).
 * @param path - Only named in errors.
 * @throws ConfigError `HIL_CONFIG_SYNTAX` with line and column of the first fault and all of them in the facts.
 */
export function parseYamlText(text: string, path: string): YamlText {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true });
  const positionOf = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };

  const faults = [...document.errors, ...document.warnings].map(({ message, pos }) => ({
    ...positionOf(pos[0]),
    message,
  }));
  const [first] = faults;
  if (first !== undefined) {
    const source = text.split('\n')[first.line - 1]?.trim().slice(0, 80) ?? '';
    throw new ConfigError(
      'HIL_CONFIG_SYNTAX',
      `${path}:${first.line}:${first.column}: ${first.message}, seen "${source}".`,
      {
        path,
        line: first.line,
        column: first.column,
        problems: faults.map(({ line, column, message }) => `${line}:${column}: ${message}`),
      },
    );
  }
  return {
    value: valueOf(document, path),
    locate: (keyPath, part) => positionOf(offsetOf(document, keyPath, part)),
  };
}

function valueOf(document: Document.Parsed, path: string): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount });
    // An anchor that holds its own alias parses to a cycle, on which whoever walks the value would never end.
    JSON.stringify(value);
    return value;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new ConfigError(
      'HIL_CONFIG_SYNTAX',
      `${path}: the aliases of this file cannot be expanded: ${why}.`,
      { path, maxAliasCount },
      { cause },
    );
  }
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[], part: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let keyOffset = startOf(node) ?? 0;
  let valueOffset = keyOffset;
  for (const segment of path) {
    const around = isAlias(node) ? node.resolve(document) : node;
    let inner: unknown;
    if (isMap(around)) {
      const pair = around.items.find(({ key }) => isScalar(key) && key.value === segment);
      if (pair === undefined) break;
      keyOffset = startOf(pair.key) ?? keyOffset;
      inner = pair.value;
    } else if (isSeq(around) && typeof segment === 'number' && segment < around.items.length) {
      inner = around.items[segment];
      keyOffset = startOf(inner) ?? keyOffset;
    } else {
      break;
    }
    node = inner;
    valueOffset = startOf(inner) ?? keyOffset;
  }
  return part === 'key' ? keyOffset : valueOffset;
}

const startOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];
