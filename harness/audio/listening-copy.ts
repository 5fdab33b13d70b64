import { encodeG711 } from './g711';
import type { MultiChannelClip } from './pcm-clip';
import { decimated } from './time-scale';
import { toPcm16 } from './wav';

/** Everything of a voice, at a third of the size of what a sound card records. */
const RATE_HZ = 16_000;
/** WAVE_FORMAT_MULAW of RFC 2361, which browsers play. */
const FORMAT_TAG = 7;
const HEADER_BYTES = 58;

/**
 * A small WAV to listen to, for pages that hold their sound: all channels, 16 000 Hz where the clip's rate is a multiple of that (else
 * the clip's own), 8-bit mu-law. A sixth of the size of 16 bits at 48 000 Hz; never to be measured.
 */
export function listeningCopy({ channels, rateHz }: MultiChannelClip): Uint8Array {
  const factor = rateHz % RATE_HZ === 0 ? rateHz / RATE_HZ : 1;
  const count = channels.length;
  const codes = channels.map((samples) => encodeG711(toPcm16(decimated(samples, factor)).pcm, 'mu-law'));
  const lengthSamples = codes[0]?.length ?? 0;
  const dataBytes = lengthSamples * count;
  // What a RIFF chunk of odd length is followed by.
  const pad = dataBytes % 2;
  const bytes = Buffer.alloc(HEADER_BYTES + dataBytes + pad);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(HEADER_BYTES - 8 + dataBytes + pad, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(18, 16);
  bytes.writeUInt16LE(FORMAT_TAG, 20);
  bytes.writeUInt16LE(count, 22);
  bytes.writeUInt32LE(rateHz / factor, 24);
  bytes.writeUInt32LE((rateHz / factor) * count, 28);
  bytes.writeUInt16LE(count, 32);
  bytes.writeUInt16LE(8, 34);
  // No extension behind it, then the fact chunk that every format but PCM has.
  bytes.write('fact', 38, 'latin1');
  bytes.writeUInt32LE(4, 42);
  bytes.writeUInt32LE(lengthSamples, 46);
  bytes.write('data', 50, 'latin1');
  bytes.writeUInt32LE(dataBytes, 54);
  for (const [channel, of] of codes.entries())
    for (let at = 0; at < of.length; at += 1) bytes[HEADER_BYTES + at * count + channel] = of[at] ?? 0xff;
  return bytes;
}
