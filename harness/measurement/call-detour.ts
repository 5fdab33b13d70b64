import type { ProviderEvent, TurnRecord } from '../ports';
import { eventsOf } from './provider-marks';

/** The way of a tool turn from decision to first audio, in milliseconds of the host's clock; their sum is `ttfa`. */
export interface CallDetour {
  /** Turn decision to the provider's first call. */
  readonly toCallMs: number;
  /** That call to the last output that the board sent back before the reply: the way through the firmware. */
  readonly throughBoardMs: number;
  /** That output to the reply's first packet. */
  readonly toAudioMs: number;
}

/** Undefined for a turn in which the reply did not wait for a call. */
export function callDetour(
  record: TurnRecord,
  endpointAtHostMs: number,
  firstAudioAtHostMs: number,
): CallDetour | undefined {
  const within = ({ hostAtMs }: ProviderEvent): boolean =>
    hostAtMs >= endpointAtHostMs && hostAtMs <= firstAudioAtHostMs;
  const call = eventsOf(record.providerEvents, 'tool-call').find(within);
  const output = eventsOf(record.providerEvents, 'tool-output').findLast(within);
  if (call === undefined || output === undefined || output.hostAtMs < call.hostAtMs) return undefined;
  return {
    toCallMs: call.hostAtMs - endpointAtHostMs,
    throughBoardMs: output.hostAtMs - call.hostAtMs,
    toAudioMs: firstAudioAtHostMs - output.hostAtMs,
  };
}
