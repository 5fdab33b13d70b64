import type { Cancel } from '../ports';
import { callEach } from './call-each';

/** The news that something has gone for good: told once to everyone who asks, also to who asks later. */
export class Loss {
  private error: Error | undefined;
  private readonly listeners = new Set<(error: Error) => void>();

  /** Tells; does nothing the second time. */
  tell(error: Error): void {
    if (this.error !== undefined) return;
    this.error = error;
    const listeners = [...this.listeners];
    this.listeners.clear();
    callEach(listeners, error);
  }

  onLost(listener: (error: Error) => void): Cancel {
    this.listeners.add(listener);
    const { error } = this;
    if (error !== undefined) queueMicrotask(() => this.listeners.delete(listener) && listener(error));
    return () => void this.listeners.delete(listener);
  }
}
