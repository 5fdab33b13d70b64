import type { Cancel, Clock, ProviderEvent, UnstampedProviderEvent } from '../ports';
import { callEach } from './call-each';

/** A provider event before the log has given it its place and time. */
export type UnstampedEvent = UnstampedProviderEvent;

/** The ordered log of a provider, and those who listen to it. */
export class EventLog {
  private readonly log: ProviderEvent[] = [];
  private readonly listeners = new Set<(event: ProviderEvent) => void>();

  /** @param listenerFailed - Gets what a listener throws. Default: it surfaces as an uncaught error of this process. */
  constructor(
    private readonly clock: Clock,
    private readonly listenerFailed?: (error: unknown) => void,
  ) {}

  get events(): readonly ProviderEvent[] {
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

  onEvent(listener: (event: ProviderEvent) => void): Cancel {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
