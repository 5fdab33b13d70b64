/** An exception of `main.py`; the message is what `str` makes of it. */
export class PythonException extends Error {}

/** Numbers of newlib, which MicroPython's port for the ESP32 takes over. */
const errnos: Readonly<Record<string, number>> = {
  ECONNABORTED: 113,
  ECONNREFUSED: 111,
  ECONNRESET: 104,
  EHOSTUNREACH: 118,
  ETIMEDOUT: 116,
};
/** lwIP has no address for a name (EAI_FAIL); `getaddrinfo` raises it without a name. */
const NO_ADDRESS = '-202';
const nameErrors = ['ENOTFOUND', 'EAI_AGAIN'];

/**
 * What `print` shows of the exception that a failed request raises. A connection that was cut counts as reset, and what
 * MicroPython has no errno for as an I/O error.
 * @throws the error itself when it is not one of the network.
 */
export function exceptionText(cause: unknown): string {
  if (cause instanceof PythonException) return cause.message;
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  if (typeof code !== 'string') throw cause;
  if (nameErrors.includes(code)) return NO_ADDRESS;
  const errno = errnos[code];
  return errno === undefined ? '[Errno 5] EIO' : `[Errno ${errno}] ${code}`;
}
