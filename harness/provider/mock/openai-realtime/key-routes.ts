import { bearerOf } from '../http/bearer';
import type { Exchange } from '../http/exchange';
import { jsonAnswer, type HttpAnswer } from '../http/http-answer';
import type { HttpContext, Route } from '../http/http-mock';
import { isObject, numberIn, object, oneOf, type Check, type Json } from '../json/check';
import { jsonBody } from '../json/json-body';
import { betaDisabled, keyFault, type AdmissionRules } from './auth';
import { betaSessionOf, gaSessionOf } from './beta-dialect';
import { checkBetaSession } from './beta-validation';
import { corsHeaders } from './cors';
import { refusalAnswer, type HttpFault } from './http-refusal';
import { SessionState } from './session-state';
import { checkSession } from './validation';

/** reference/providers.md 2.3. */
const GA_LIFE_S = 600;
const BETA_LIFE_S = 60;

const checkSecretRequest: Check = object({
  expires_after: object({ anchor: oneOf('created_at'), seconds: numberIn('integer', 10, 7200) }),
  session: checkSession,
});

/** Gives out ephemeral keys: `POST /v1/realtime/client_secrets` of GA and `POST /v1/realtime/sessions` of the beta. */
export function keyRoutes(
  context: HttpContext,
  rules: AdmissionRules,
  defaultModel: string,
): readonly Route[] {
  const { faults, scenario, log } = context;
  const answer = (exchange: Exchange, { status, body, ...rest }: HttpAnswer): void => {
    const headers = { ...rest.headers, ...corsHeaders(exchange.headers) };
    // Chunked, which is what boards cannot read: reference/providers.md 0.3.
    if (faults.has('wrong-framing')) {
      const message = 'The ephemeral key came in chunks, without a Content-Length.';
      log({ type: 'deviation', code: 'chunked-answer', message, sessionId: exchange.connectionId });
      exchange.play({ status, headers }, [{ bytes: body }], () => undefined);
    } else exchange.answer({ status, headers, body });
  };
  const refuse = (exchange: Exchange, status: number, fault: HttpFault): void => {
    const sessionId = exchange.connectionId;
    log({
      type: 'error',
      code: fault.code ?? 'no_key',
      message: fault.message,
      httpStatus: status,
      sessionId,
    });
    answer(exchange, refusalAnswer(status, fault));
  };
  /** The body once key and fields are in order; undefined when it was refused. */
  const accepted = (exchange: Exchange, check: Check): Json | undefined => {
    const key = bearerOf(exchange.headers);
    if (key === undefined) {
      refuse(exchange, 401, { code: null, message: 'Missing bearer authentication in header', param: null });
      return undefined;
    }
    const wrong = keyFault(key, rules) ?? ephemeralFault(key);
    if (wrong !== undefined) {
      refuse(exchange, 401, { ...wrong, param: null });
      return undefined;
    }
    const read = exchange.body.length === 0 ? { json: {} } : jsonBody(exchange.body);
    const fault = 'fault' in read ? read.fault : check(read.json, '');
    if (fault === undefined && 'json' in read) return read.json;
    if (fault !== undefined) refuse(exchange, 400, fault);
    return undefined;
  };
  const ephemeralFault = (key: string): { readonly code: string; readonly message: string } | undefined =>
    rules.keys.ephemeral(key) && {
      code: 'invalid_api_key',
      message: 'An ephemeral key cannot create another one.',
    };
  const secondsOf = (secret: unknown, otherwise: number): number => {
    const after = isObject(secret) && isObject(secret.expires_after) ? secret.expires_after : {};
    return typeof after.seconds === 'number' ? after.seconds : otherwise;
  };
  /** A session that has not begun: what a key's answer shows. */
  const shown = (session: Json): Json => {
    const model = typeof session.model === 'string' ? session.model : defaultModel;
    return new SessionState(scenario.turnDetection, model, 0, session).wire;
  };

  const clientSecrets: Route = {
    method: 'POST',
    path: '/v1/realtime/client_secrets',
    handle: (exchange) => {
      const body = accepted(exchange, checkSecretRequest);
      if (body === undefined) return;
      const session = isObject(body.session) ? body.session : { type: 'realtime' };
      const { value, expiresAtUnixS } = rules.keys.mint(session, secondsOf(body, GA_LIFE_S));
      answer(exchange, jsonAnswer(200, { value, expires_at: expiresAtUnixS, session: shown(session) }));
    },
  };
  const sessions: Route = {
    method: 'POST',
    path: '/v1/realtime/sessions',
    handle: (exchange) => {
      if (rules.dialect === 'ga') {
        refuse(exchange, 400, { code: 'beta_api_shape_disabled', message: betaDisabled, param: null });
        return;
      }
      const body = accepted(exchange, checkBetaSession);
      if (body === undefined) return;
      const session = gaSessionOf(body);
      const { value, expiresAtUnixS } = rules.keys.mint(session, secondsOf(body.client_secret, BETA_LIFE_S));
      const temperature = typeof body.temperature === 'number' ? body.temperature : undefined;
      // Last, since a board of that time takes the first "value" behind "client_secret".
      const client_secret = { value, expires_at: expiresAtUnixS };
      answer(exchange, jsonAnswer(200, { ...betaSessionOf(shown(session), temperature), client_secret }));
    },
  };
  return rules.dialect === 'beta' ? [sessions] : [clientSecrets, sessions];
}
