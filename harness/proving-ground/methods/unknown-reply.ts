import { measureTurn, type Measured } from '../../measurement';
import type { Evidence } from './method';

/**
 * Latency with the reply's sound unknown, as with a provider that the board connects to directly: the prompt by the matched
 * filter, the reply by the onset detector. Whatever would tell the reply is taken away before.
 */
export async function unknownReply({ record, sound }: Evidence): Promise<Measured> {
  const { measures } = await measureTurn(
    {
      ...record,
      replyAudio: 'unknown',
      replies: [],
      // The uplink is the other method's business and would be measured twice.
      received: undefined,
      providerEvents: record.providerEvents.filter(({ type }) => type !== 'audio-out'),
    },
    { ...sound, received: undefined, replies: new Map() },
  );
  return measures.voiceToVoice;
}
