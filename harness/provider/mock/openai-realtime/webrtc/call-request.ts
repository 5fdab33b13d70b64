import type { Fault, Json } from '../../json/check';
import { jsonBody } from '../../json/json-body';
import type { Exchange } from '../../http/exchange';
import { checkSession } from '../validation';

/** What a client posts to begin a call. */
export interface CallRequest {
  readonly offerSdp: string;
  /** Of a form: checked, in GA's shape. */
  readonly session?: Json;
}

const refused = (code: string, message: string, param: string | null = null): Fault => ({
  code,
  message,
  param,
});

const kindOf = (contentType: string | undefined): string =>
  (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/**
 * Reads the body of a call: an SDP offer by itself, or a form with the parts `sdp` and `session` (reference/providers.md
 * 2.2). Parts may be fields or files, as browsers and servers write them.
 */
export async function readCallRequest({
  headers,
  body,
}: Pick<Exchange, 'headers' | 'body'>): Promise<CallRequest | Fault> {
  const contentType = headers['content-type'];
  const kind = kindOf(contentType);
  if (kind === 'application/sdp') return { offerSdp: body.toString() };
  if (kind !== 'multipart/form-data' || contentType === undefined) {
    const message = `Unsupported content type '${kind.slice(0, 80)}'. Use 'application/sdp' or 'multipart/form-data'.`;
    return refused('unsupported_content_type', message);
  }
  const parts = await partsOf(body, contentType);
  if (parts === undefined) return refused('invalid_form', 'The form data could not be read.');
  const { sdp, session } = parts;
  if (sdp === undefined)
    return refused('missing_required_parameter', "Missing required parameter: 'sdp'.", 'sdp');
  if (session === undefined) return { offerSdp: sdp };
  const read = jsonBody(Buffer.from(session));
  if ('fault' in read) return read.fault;
  const fault = checkSession(read.json, 'session');
  if (fault !== undefined) return fault;
  return { offerSdp: sdp, session: read.json };
}

async function partsOf(
  body: Buffer,
  contentType: string,
): Promise<{ readonly sdp?: string; readonly session?: string } | undefined> {
  try {
    const form = new Response(new Uint8Array(body), { headers: { 'content-type': contentType } });
    // Node's own parser, that of fetch. It is discouraged for bodies of unknown length; this one is there in full.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    const parts = await form.formData();
    const textOf = async (name: string): Promise<string | undefined> => {
      const part = parts.get(name);
      return part === null || typeof part === 'string' ? (part ?? undefined) : part.text();
    };
    const [sdp, session] = [await textOf('sdp'), await textOf('session')];
    return { ...(sdp !== undefined && { sdp }), ...(session !== undefined && { session }) };
  } catch {
    // What cannot be parsed is the client's fault and is answered, not thrown.
    return undefined;
  }
}
