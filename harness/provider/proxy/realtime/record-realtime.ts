import type { RecordedSpeech, SocketTake } from '../cassette';
import type { SocketTraffic } from '../traffic';
import type { TakenTurn } from './realtime-tap';
import { seenEvent } from './wire-event';

/** A recorder of one session that is told what was said as well. */
export interface RealtimeRecorder extends SocketTraffic {
  turnTaken(turn: TakenTurn): void;
}

/**
 * Records a session without the board's sound, which no replay needs and which may hold whoever was in the room: in its place
 * stands what the bench heard.
 * @param recorder - Records what it is given, and hands its take to `done`.
 */
export function recordRealtime(
  recorder: (done: (take: SocketTake) => void) => SocketTraffic,
  startedAtMs: number,
  done: (take: SocketTake) => void,
): RealtimeRecorder {
  const spoken: RecordedSpeech[] = [];
  const inner = recorder((take) => done({ ...take, spoken }));
  return {
    turnTaken({ spokeUntilHostMs, heard }) {
      const spokeUntilMs = Math.max(0, Math.round((spokeUntilHostMs - startedAtMs) * 1000) / 1000);
      const place = spoken.push({ spokeUntilMs }) - 1;
      heard?.use(({ promptId, utterance, language }) => {
        const what = {
          ...(promptId === undefined ? {} : { promptId }),
          ...(utterance === undefined ? {} : { utterance }),
          ...(language === undefined ? {} : { language }),
        };
        spoken[place] = { spokeUntilMs, heard: what };
      });
    },
    opened: (request) => inner.opened(request),
    message(from, data, isBinary, hostAtMs) {
      if (from === 'board' && seenEvent(data)?.type === 'input_audio_buffer.append') return;
      inner.message(from, data, isBinary, hostAtMs);
    },
    closed: (...end) => inner.closed(...end),
    refused: (...refusal) => inner.refused(...refusal),
  };
}
