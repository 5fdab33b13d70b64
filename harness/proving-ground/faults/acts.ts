import type { Act } from './fault-row';

/** A prompt that is answered in words. */
export const asked: readonly Act[] = [{ do: 'turn', prompt: 'en-time' }];
/** A prompt that is answered with a tool call. */
export const told: readonly Act[] = [{ do: 'turn', prompt: 'en-volume-up' }];
/** A session, opened anew. */
export const anew: readonly Act[] = [{ do: 'session' }];
/** A fault that the virtual board brings about itself, on the bench that speaks WebSocket. */
export const onVoice = (fault: string, act: readonly Act[]) =>
  ({ by: 'board', bench: 'voice', fault, act }) as const;
