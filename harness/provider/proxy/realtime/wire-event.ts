import { isObject, type Json } from '../../mock/json/check';

/** An event of either side, under the name that GA has for it (reference/providers.md 2.1). */
export interface SeenEvent extends Json {
  readonly type: string;
}

/** Names of the beta whose events GA has under another one, as far as they are looked at. */
const gaNames: Readonly<Record<string, string>> = {
  'response.audio.delta': 'response.output_audio.delta',
  'response.audio_transcript.done': 'response.output_audio_transcript.done',
};

/** Reads one message of a Realtime socket; undefined for what is no event, which the other side has to refuse. */
export function seenEvent(data: Buffer): SeenEvent | undefined {
  let message: unknown;
  try {
    message = JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isObject(message) || typeof message.type !== 'string') return undefined;
  const { type } = message;
  return { ...message, type: Object.hasOwn(gaNames, type) ? (gaNames[type] ?? type) : type };
}

/** An object inside another one; an empty one where there is none. */
export const objectIn = (parent: Json, name: string): Json => {
  const value = parent[name];
  return isObject(value) ? value : {};
};

/** A text inside an object; empty where there is none. */
export const textIn = (parent: Json, name: string): string => {
  const value = parent[name];
  return typeof value === 'string' ? value : '';
};

/** A number inside an object; undefined where there is none. */
export const numberIn = (parent: Json, name: string): number | undefined => {
  const value = parent[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};
