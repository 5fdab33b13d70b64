import type { BoardServices } from '../dialect/application';
import { SntpClient } from './sntp-client';
import type { SntpAnswer } from './sntp-packet';

const TAG = 'SNTP';
const TRIES = 10;
const TRY_MS = 2_000;
/** After these a client must not ask the server again (RFC 4330, 8). */
const farewells = ['DENY', 'RSTR'];

const utc = (unixMs: number): string => new Date(unixMs).toISOString().slice(0, 19).replace('T', ' ');

/** Sets the board's clock before its first request: asks up to ten times, 2 s apart, and goes on with or without an answer. */
export class TimeSync {
  private client: SntpClient | undefined;
  private cancelTry: (() => void) | undefined;
  private refused = false;

  /** @param talks - False for a firmware that prints nothing about it. */
  constructor(
    private readonly services: BoardServices,
    private readonly talks: boolean,
  ) {}

  /** Calls back once, at once where there is nobody to ask; never after `stop`. */
  start(done: () => void): void {
    this.stop();
    const { faults, provider, wallClock } = this.services;
    if (provider.ntpServer === undefined || faults.has('no-sntp')) {
      done();
      return;
    }
    this.refused = false;
    this.client = new SntpClient(provider.ntpServer, wallClock, (answer) => this.take(answer, done));
    this.attempt(1, done);
  }

  stop(): void {
    this.cancelTry?.();
    this.cancelTry = undefined;
    this.client?.close();
    this.client = undefined;
  }

  private attempt(number: number, done: () => void): void {
    if (number > TRIES) {
      this.stop();
      this.log('W', 'Time not synchronized, going on');
      done();
      return;
    }
    if (this.talks) this.services.console.print(`Waiting for system time to sync... (${number}/${TRIES})\n`);
    if (!this.refused) void this.client?.ask();
    this.cancelTry = this.services.after(TRY_MS, () => this.attempt(number + 1, done));
  }

  private take(answer: SntpAnswer, done: () => void): void {
    if (answer.kind === 'kiss') {
      this.refused ||= farewells.includes(answer.code);
      this.log('I', `Kiss of death: ${answer.code}`);
    } else if (answer.kind === 'time') {
      this.stop();
      this.services.wallClock.set(answer.unixMs);
      this.log('I', `Time synchronized: ${utc(answer.unixMs)}`);
      done();
    }
  }

  private log(level: 'I' | 'W', message: string): void {
    if (this.talks) this.services.console.log(level, TAG, message);
  }
}
