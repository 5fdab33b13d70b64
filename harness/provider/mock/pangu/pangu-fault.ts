import { randomBytes } from 'node:crypto';
import { jsonAnswer, type HttpAnswer } from '../http/http-answer';

/** A refusal: what the wire carries, under the status that it carries it with. */
export interface PanguFault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Value seen and value expected, for the log only; holds no secret. */
  readonly because?: string;
}

// The page of error codes gives no statuses; these are ours, by the meaning.
const services = {
  'PANGU.0010': [400, 'A parameter is not valid.'],
  'PANGU.3254': [404, 'The requested resource does not exist.'],
  'PANGU.3267': [429, 'The number of queries per second exceeds the limit.'],
  'PANGU.3278': [400, 'A parameter is missing.'],
  'PANGU.3317': [400, 'max_tokens is not valid.'],
  'PANGU.3318': [400, 'The content is too long.'],
} as const satisfies Record<string, readonly [number, string]>;

/** A refusal of the model service. */
export function panguFault(code: keyof typeof services, detail?: string): PanguFault {
  const [status, message] = services[code];
  return { status, code, message: detail === undefined ? message : `${message} ${detail}` };
}

/** A refusal of the gateway because of the token, or of the signature in its place. */
export const tokenFault = (why: string): PanguFault => ({
  status: 401,
  code: 'APIG.0301',
  message: `Incorrect IAM authentication information: ${why}`,
});

/** A path that the gateway does not know. */
export const pathFault: PanguFault = {
  status: 404,
  code: 'APIG.0101',
  message: 'The API does not exist or has not been published in the environment.',
};

/** The answer of the service, or of the gateway, which adds a request id. */
export const panguRefusal = ({ status, code, message }: PanguFault): HttpAnswer =>
  jsonAnswer(
    status,
    code.startsWith('APIG.')
      ? { error_msg: message, error_code: code, request_id: randomBytes(16).toString('hex') }
      : { error_code: code, error_msg: message },
  );

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
};

/** A refusal of the identity service. */
export const iamRefusal = (status: 400 | 401 | 403, message: string): HttpAnswer =>
  jsonAnswer(status, { error: { message, code: status, title: titles[status] } });
