/**
 * What an error of the network says. Asks for fields rather than for `Error`, since Node's errors come from another realm
 * than a test's; an AggregateError (every address of a name was tried) has a code and no message.
 */
export function reasonOf(cause: unknown): string {
  const { message, code } = (cause ?? {}) as { readonly message?: unknown; readonly code?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  return typeof code === 'string' ? code : String(cause);
}
