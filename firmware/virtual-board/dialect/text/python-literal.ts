/** What JSON can hold, as Python has it. */
export type PythonValue =
  string | number | boolean | null | readonly PythonValue[] | { readonly [key: string]: PythonValue };

const named: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

/** MicroPython escapes all that is not ASCII, unlike CPython. */
function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code <= 0x7e) return character;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x1_0000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function textLiteral(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = Array.from(text, (character) =>
    character === quote ? `\\${quote}` : (named[character] ?? escaped(character)),
  );
  return `${quote}${inner.join('')}${quote}`;
}

/** A value as MicroPython's `print` shows it inside a dict (`repr`). Keys come in the order in which they were written. */
export function pythonLiteral(value: PythonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return textLiteral(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (isList(value)) return `[${value.map(pythonLiteral).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => `${textLiteral(key)}: ${pythonLiteral(item)}`);
  return `{${entries.join(', ')}}`;
}

const isList = (value: object): value is readonly PythonValue[] => Array.isArray(value);
