import { jsonAnswer, textAnswer, type HttpAnswer } from '../http/http-answer';
import { masked } from '../http/bearer';
import type { Refused } from '../http/http-mock';
import type { Fault } from '../json/check';

/** Why a request for a chat completion is refused. */
export type ChatRefusal =
  | { readonly kind: 'no-key' }
  | { readonly kind: 'bad-key'; readonly key: string }
  | { readonly kind: 'bad-json'; readonly fault: Fault }
  | { readonly kind: 'bad-parameter'; readonly fault: Fault }
  | { readonly kind: 'no-model'; readonly model: string }
  | { readonly kind: 'too-long'; readonly tokens: number; readonly mostTokens: number }
  | { readonly kind: 'rate-limit' }
  | { readonly kind: Refused; readonly method: string; readonly path: string };

/** A refusal in a service's words. */
export interface ChatError {
  /** Its own code, or the nearest thing that it has; for the log. */
  readonly code: string;
  readonly message: string;
  readonly answer: HttpAnswer;
}

export type ChatErrors = (refusal: ChatRefusal) => ChatError;

/** `{"error":{...}}` as OpenAI and DeepSeek have it (reference/providers.md 3.4). */
function errorObject(
  status: number,
  error: {
    readonly message: string;
    readonly type: string;
    readonly param?: string | null;
    readonly code: string | null;
  },
  headers: Readonly<Record<string, string>> = {},
): ChatError {
  const { message, type, param = null, code } = error;
  return {
    code: code ?? type,
    message,
    answer: jsonAnswer(status, { error: { message, type, param, code } }, headers),
  };
}

const INVALID = 'invalid_request_error';

/** Codes [S], wordings as they were seen; unlisted services do not publish theirs. */
export const openaiErrors: ChatErrors = (refusal) => {
  switch (refusal.kind) {
    case 'no-key': {
      const message =
        "You didn't provide an API key. You need to provide your API key in an Authorization header using " +
        'Bearer auth (i.e. Authorization: Bearer YOUR_KEY).';
      return errorObject(401, { message, type: INVALID, code: null });
    }
    case 'bad-key': {
      const message = `Incorrect API key provided: ${masked(refusal.key)}.`;
      return errorObject(401, { message, type: INVALID, code: 'invalid_api_key' });
    }
    case 'bad-json': {
      const message = `We could not parse the JSON body of your request: ${refusal.fault.message}`;
      return errorObject(400, { message, type: INVALID, code: null });
    }
    case 'bad-parameter':
      return errorObject(400, { ...refusal.fault, type: INVALID });
    case 'no-model': {
      const message = `The model \`${refusal.model.slice(0, 200)}\` does not exist or you do not have access to it.`;
      return errorObject(404, { message, type: INVALID, code: 'model_not_found' });
    }
    case 'too-long': {
      const { tokens, mostTokens } = refusal;
      const message =
        `This model's maximum context length is ${mostTokens} tokens. However, your messages resulted in ` +
        `${tokens} tokens. Please reduce the length of the messages.`;
      const code = 'context_length_exceeded';
      return errorObject(400, { message, type: INVALID, param: 'messages', code });
    }
    case 'rate-limit': {
      const message = 'Rate limit reached. Please try again in 1s.';
      const code = 'rate_limit_exceeded';
      return errorObject(429, { message, type: 'requests', code }, { 'retry-after': '1' });
    }
    case 'not-found': {
      const message = `Invalid URL (${refusal.method} ${refusal.path})`;
      return errorObject(404, { message, type: INVALID, code: null });
    }
    case 'wrong-method': {
      const message = `Not allowed to ${refusal.method} on ${refusal.path}.`;
      return errorObject(405, { message, type: INVALID, code: 'method_not_supported' });
    }
    case 'too-large':
      return errorObject(413, { message: 'The request is too large.', type: INVALID, code: null });
    case 'too-slow':
      return errorObject(408, { message: 'The request did not come in time.', type: INVALID, code: null });
    case 'busy':
      return errorObject(503, { message: 'The engine is overloaded.', type: 'server_error', code: null });
    case 'crashed':
      return errorObject(500, {
        message: 'The server had an error while processing your request.',
        type: 'server_error',
        code: null,
      });
  }
};

const AUTHENTICATION = 'authentication_error';

/** As OpenAI, with codes of its own where a key is refused, 422 for parameters, and no 404 for models. */
export const deepseekErrors: ChatErrors = (refusal) => {
  switch (refusal.kind) {
    case 'no-key': {
      const message = 'Authentication Fails (auth header format should be Bearer sk-...)';
      return errorObject(401, { message, type: AUTHENTICATION, code: INVALID });
    }
    case 'bad-key': {
      const shown = refusal.key.length <= 8 ? '' : refusal.key.slice(-4);
      const message = `Authentication Fails, Your api key: ****${shown} is invalid`;
      return errorObject(401, { message, type: AUTHENTICATION, code: INVALID });
    }
    case 'bad-json':
      return errorObject(400, { message: refusal.fault.message, type: INVALID, code: INVALID });
    case 'bad-parameter':
      return errorObject(422, { message: refusal.fault.message, type: INVALID, code: INVALID });
    case 'no-model':
      return errorObject(400, { message: 'Model Not Exist', type: INVALID, code: INVALID });
    case 'rate-limit': {
      const message = 'Rate limit reached. Please pace your requests.';
      return errorObject(429, { message, type: 'rate_limit_error', code: 'rate_limit_exceeded' });
    }
    case 'too-long':
    case 'not-found':
    case 'wrong-method':
    case 'too-large':
    case 'too-slow':
    case 'busy':
    case 'crashed':
      return openaiErrors(refusal);
  }
};

/** A body that is a JSON string and nothing else. */
const jsonString = (status: number, message: string): ChatError => ({
  code: String(status),
  message,
  answer: jsonAnswer(status, message),
});

const coded = (status: number, code: number, message: string): ChatError => ({
  code: String(code),
  message,
  answer: jsonAnswer(status, { code, message, data: null }),
});

/** Three shapes side by side: a JSON string, an object with `code`, an object without (reference/providers.md 3.4). */
export const siliconflowErrors: ChatErrors = (refusal) => {
  switch (refusal.kind) {
    case 'no-key':
      return jsonString(401, 'Invalid token');
    case 'bad-key':
      return jsonString(401, 'Api key is invalid');
    case 'bad-json':
    case 'bad-parameter':
      return coded(400, 20015, refusal.fault.message);
    case 'no-model':
      return coded(400, 20012, 'Model does not exist. Please check it carefully.');
    case 'too-long': {
      const { tokens, mostTokens } = refusal;
      return coded(
        400,
        20015,
        `length of prompt_tokens (${tokens}) must be less than max_seq_len (${mostTokens}).`,
      );
    }
    case 'rate-limit': {
      const message = 'Request was rejected due to rate limiting. Details:TPM limit reached.';
      return { code: '429', message, answer: jsonAnswer(429, { message, data: null }) };
    }
    case 'not-found':
      return jsonString(404, '404 page not found');
    case 'wrong-method':
      return jsonString(405, '405 method not allowed');
    case 'too-large':
      return jsonString(413, 'Request Entity Too Large');
    case 'too-slow':
      return jsonString(408, 'Request Timeout');
    case 'busy':
      return coded(503, 50505, 'Model service overloaded. Please try again later.');
    case 'crashed': {
      const message = 'Internal Server Error';
      return { code: '500', message, answer: textAnswer(500, message) };
    }
  }
};
