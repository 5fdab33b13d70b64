/** What a request asks, in the words of the event log. */
export interface Asked {
  /** The last user message. */
  readonly prompt: string;
  readonly model?: string;
  readonly stream: boolean;
  readonly tools?: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first of these keys that is there: providers spell them in their own way, all of them readably. */
const first = (fields: Fields, ...keys: readonly string[]): unknown =>
  keys.map((key) => fields[key]).find((value) => value !== undefined);

const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

/** Text of a message: a string, or the text parts of a list. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((part) => first(part, 'text', 'Text'))
    .filter((text) => typeof text === 'string')
    .join('');
}

/**
 * What a chat request asks, whichever of the protocols it is of: OpenAI's and its relatives', Ollama's, Tencent's in capitals,
 * Spark's envelope. Undefined when it is no chat request, such as one that signs in.
 * @param streamsByDefault - What a request without `stream` gets.
 */
export function askedIn(body: unknown, streamsByDefault: boolean): Asked | undefined {
  if (!isFields(body)) return undefined;
  const spark = sparkBody(body);
  const fields = spark ?? body;
  const messages = listOf(first(fields, 'messages', 'Messages', 'text'));
  const model = first(fields, 'model', 'Model', 'domain');
  const prompt = messages.findLast((message) => first(message, 'role', 'Role') === 'user');
  const alone = fields.prompt;
  if (prompt === undefined && typeof alone !== 'string') return undefined;
  const tools = listOf(first(fields, 'tools', 'Tools')).flatMap((tool) => {
    const name = first(asFields(first(tool, 'function', 'Function')), 'name', 'Name');
    return typeof name === 'string' ? [name] : [];
  });
  const stream = first(fields, 'stream', 'Stream');
  return {
    prompt: prompt === undefined ? String(alone) : textOf(first(prompt, 'content', 'Content')),
    ...(typeof model === 'string' ? { model } : {}),
    stream: typeof stream === 'boolean' ? stream : streamsByDefault,
    ...(tools.length > 0 ? { tools } : {}),
  };
}

/**
 * By what two requests ask the same: prompt, form of the answer, and how many messages follow the prompt, so that a question
 * and the report of a call that it led to are two. Undefined where nothing is asked.
 */
export function questionOf(body: unknown, streamsByDefault: boolean): string | undefined {
  const asked = askedIn(body, streamsByDefault);
  if (asked === undefined || !isFields(body)) return undefined;
  const messages = listOf(first(sparkBody(body) ?? body, 'messages', 'Messages', 'text'));
  const promptAt = messages.findLastIndex((message) => first(message, 'role', 'Role') === 'user');
  return JSON.stringify([asked.prompt, asked.stream, messages.length - promptAt]);
}

const asFields = (value: unknown): Fields => (isFields(value) ? value : {});

/** Spark has what is asked in `payload.message` and the model in `parameter.chat`. */
function sparkBody({ payload, parameter }: Fields): Fields | undefined {
  const message = asFields(payload).message;
  return isFields(message) ? { ...asFields(asFields(parameter).chat), ...message } : undefined;
}
