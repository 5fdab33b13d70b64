import { unescaped } from './json-escapes';

/** What the body of a chat completion says, as far as a board printed it. */
export type ChatBody =
  | { readonly kind: 'answer'; readonly text: string; readonly complete: boolean }
  | { readonly kind: 'error'; readonly code?: string; readonly message: string };

/** Longest body that stands for itself where it has no message of its own. */
const LONGEST_MESSAGE = 200;

// `reasoning_content` ends in the same word; the quote ahead of it tells them apart.
const CONTENT = /"content"\s*:\s*"((?:[^"\\]|\\.)*)(")?/s;

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

function parsed(body: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(body) as unknown };
  } catch {
    // The firmware's buffer cut it, or it is no JSON: both are printed as they came.
    return undefined;
  }
}

const codeOf = (code: unknown): { readonly code?: string } =>
  typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {};

function errorIn(value: unknown): ChatBody | undefined {
  if (typeof value === 'string') return { kind: 'error', message: value };
  const fields = fieldsOf(value);
  const error = fieldsOf(fields['error']);
  if (typeof error['message'] === 'string')
    return { kind: 'error', ...codeOf(error['code'] ?? error['type']), message: error['message'] };
  if (typeof fields['message'] === 'string')
    return { kind: 'error', ...codeOf(fields['code']), message: fields['message'] };
  return undefined;
}

/**
 * Reads a body as a board printed it, cut or whole. Errors come as OpenAI's, as SiliconFlow's objects without `error`, and as
 * bare strings.
 * @param status - Of HTTP; undefined where the board printed none.
 */
export function readChatBody(body: string, status: number | undefined): ChatBody {
  const whole = parsed(body);
  const isError = status !== undefined && status >= 400;
  if (whole !== undefined) {
    const [choice] = (fieldsOf(whole.value)['choices'] ?? []) as readonly unknown[];
    const content = fieldsOf(fieldsOf(choice)['message'])['content'];
    if (!isError && typeof content === 'string') return { kind: 'answer', text: content, complete: true };
    const error = errorIn(whole.value);
    if (error !== undefined) return error;
  }
  const [, inner, closed] = (isError ? null : CONTENT.exec(body)) ?? [];
  if (inner !== undefined) return { kind: 'answer', text: unescaped(inner), complete: closed !== undefined };
  const shown = body.trim().slice(0, LONGEST_MESSAGE);
  return { kind: 'error', message: shown === '' ? 'an empty body' : shown };
}
