import { isObject, type Json } from '../../mock/json/check';
import { objectIn } from '../realtime/wire-event';

/** An event whose field `name` holds sound as a WebSocket carries it: base64 of 16-bit samples at 24 000 Hz. */
export const soundEvent = (type: string, name: string, samples: Int16Array, more: Json = {}): Json => ({
  type,
  ...more,
  [name]: Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64'),
});

/**
 * An event of a session without the codings of sound, which travels as the call has agreed on; on a socket it is 16-bit at
 * 24 000 Hz, the service's default.
 */
export function withoutFormats(event: Json): Json {
  const session = objectIn(event, 'session');
  if (!isObject(session.audio)) return event;
  const audio = Object.fromEntries(
    Object.entries(session.audio).map(([side, settings]) => [
      side,
      isObject(settings)
        ? Object.fromEntries(Object.entries(settings).filter(([name]) => name !== 'format'))
        : settings,
    ]),
  );
  return { ...event, session: { ...session, audio } };
}
