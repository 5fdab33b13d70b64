import { catalogue, type ErrorCode } from './catalogue';
import { HilError, isHilError, type Facts } from './hil-error';

/** An error as it crosses processes and is stored: JSON only. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly facts: Facts;
  readonly cause?: WireError;
}

const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(catalogue, code);

/** Any thrown value as JSON. What is not a HilError becomes `HIL_HARNESS_UNEXPECTED` and keeps its stack in the facts. */
export function toWireError(thrown: unknown): WireError {
  if (isHilError(thrown)) {
    const { code, message, facts } = thrown;
    return thrown.cause === undefined
      ? { code, message, facts }
      : { code, message, facts, cause: toWireError(thrown.cause) };
  }
  if (thrown instanceof Error || (typeof thrown === 'object' && thrown !== null && 'message' in thrown)) {
    const { message, stack, name } = thrown as Error;
    return { code: 'HIL_HARNESS_UNEXPECTED', message, facts: { name, stack } };
  }
  return { code: 'HIL_HARNESS_UNEXPECTED', message: String(thrown), facts: {} };
}

/** The error that `toWireError` described, its causes included; an unknown code becomes `HIL_HARNESS_UNEXPECTED`. */
export function fromWireError(wire: WireError): HilError {
  const options = wire.cause === undefined ? undefined : { cause: fromWireError(wire.cause) };
  const code = isErrorCode(wire.code) ? wire.code : 'HIL_HARNESS_UNEXPECTED';
  return new HilError(code, wire.message, wire.facts, options);
}
