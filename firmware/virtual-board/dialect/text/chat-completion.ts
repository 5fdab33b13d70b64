import { requestSchemes, type AccessDefaults, type ProviderAccess } from '../application';

/** Of the boards that post chat completions. */
export const completionAccess: AccessDefaults = {
  schemes: requestSchemes,
  credentials: { apiKey: 'virtual-board-key' },
  model: 'Qwen/Qwen2.5-7B-Instruct',
};

/** Where a chat completion is posted: the path is added when the URL has none, or only the version. */
export function completionsUrl({ url }: Pick<ProviderAccess, 'url'>): URL {
  const address = new URL(url);
  if (address.pathname === '/') address.pathname = '/v1/chat/completions';
  else if (/^\/v1\/?$/.test(address.pathname)) address.pathname = '/v1/chat/completions';
  return address;
}

/** What the boards that ask once after their boot post. */
export const completionRequest = ({ model, question }: Pick<ProviderAccess, 'model' | 'question'>) => ({
  model,
  messages: [{ role: 'user', content: question }],
  stream: false,
  max_tokens: 512,
  temperature: 0.7,
});

interface Completion {
  readonly choices?: readonly { readonly message?: { readonly content?: unknown } }[];
}

/** The answer's text in a chat completion; undefined when there is none. */
export function contentOf(body: unknown): string | undefined {
  const content = (body as Completion | null)?.choices?.[0]?.message?.content;
  return typeof content === 'string' ? content : undefined;
}

/** The same completion with another text; anything else comes back as it was. */
export function withContent(json: string, change: (content: string) => string): string {
  try {
    const body = JSON.parse(json) as Completion;
    const content = contentOf(body);
    if (content === undefined) return json;
    const [first, ...others] = body.choices ?? [];
    const message = { ...first?.message, content: change(content) };
    return JSON.stringify({ ...body, choices: [{ ...first, message }, ...others] });
  } catch {
    // No JSON has no text to change.
    return json;
  }
}
