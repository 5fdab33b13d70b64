import {
  HeldEvents,
  type Cancel,
  type Clock,
  type EventSequence,
  type ProviderEvent,
  type UnstampedProviderEvent,
} from '../ports';
import { callEach } from './call-each';

/** A provider event before the log has given it its place and time. */
export type UnstampedEvent = UnstampedProviderEvent;

/** What a turn is measured by and nobody asks for later. */
const passing: ReadonlySet<ProviderEvent['type']> = new Set([
  'audio-out',
  'endpoint',
  'first-token',
  'heard',
  'media',
  'request',
  'response-done',
  'response-started',
  'speech-started',
  'text-out',
  'tool-call',
  'tool-output',
  'truncated',
] as const);

/** The ordered log of a provider, and those who listen to it. */
export class EventLog {
  private readonly log = new HeldEvents<ProviderEvent>(passing);
  private readonly listeners = new Set<(event: ProviderEvent) => void>();

  /** @param listenerFailed - Gets what a listener throws. Default: it surfaces as an uncaught error of this process. */
  constructor(
    private readonly clock: Clock,
    private readonly listenerFailed?: (error: unknown) => void,
  ) {}

  get events(): EventSequence<ProviderEvent> {
    return this.log;
  }

  /** Appends an event; `hostAtMs` is now unless it was taken closer to the fact. */
  emit(event: UnstampedEvent, hostAtMs = this.clock.nowMs()): void {
    this.append({ ...event, seq: this.log.length, hostAtMs });
  }

  /** Appends an event that another process has stamped. */
  append(event: ProviderEvent): void {
    this.log.push(event);
    callEach(this.listeners, event, this.listenerFailed);
  }

  /** Lets go what passes of the events before this position; the others keep theirs, and so do sessions and errors. */
  forget(before: number): void {
    this.log.forget(before);
  }

  onEvent(listener: (event: ProviderEvent) => void): Cancel {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
