import type { Socket } from 'node:net';
import { BoardError } from '../../../errors';
import type { Cancel, Clock } from '../../../ports';
import type { ModemLines, SerialTransport } from '../serial-transport';
import { Answers } from './answers';
import { baudRateRequest, comPort, control, controlRequest, frameRequests, FROM_SERVER } from './com-port';
import type { Rfc2217Address } from './rfc2217-address';
import { escapeData, negotiation, TelnetDecoder, telnetOption, type TelnetEvent } from './telnet';

/** pyserial waits as long for an answer. */
const ANSWER_TIMEOUT_MS = 3000;
const WRITE_TIMEOUT_MS = 5000;
/** A server that has been silent for so long is asked something; one that says nothing for three times as long has gone. */
const HEARTBEAT_MS = 2000;
const GONE_AFTER_MS = 3 * HEARTBEAT_MS;
/** What may wait for the network, or for the first listener. */
const BACKLOG_LIMIT_BYTES = 1 << 20;
/** What a server says before it speaks telnet, such as why it refuses. */
const GREETING_CHARACTERS = 200;

const { binary, suppressGoAhead, comPort: comPortOption } = telnetOption;

interface Arrival {
  readonly bytes: Buffer;
  readonly hostAtMs: number;
}

/**
 * A serial port behind an RFC 2217 server (ser2net, esp_rfc2217_server; device.md section 10). DTR and RTS are two messages, never
 * one: between them the lines pass through both asserted or both released, which changes neither EN nor GPIO0, and nothing of a
 * USB-Serial-JTAG.
 */
export class Rfc2217Transport implements SerialTransport {
  private readonly decoder = new TelnetDecoder();
  private readonly answers: Answers;
  private readonly byteListeners = new Set<(bytes: Buffer, hostAtMs: number) => void>();
  private readonly lostListeners = new Set<(error: Error) => void>();
  private readonly unfinished = new Set<(error: Error) => void>();
  private state: 'open' | 'closed' | 'lost' = 'open';
  private lost: BoardError | undefined;
  private cancelHeartbeat: Cancel = () => undefined;
  private lastArrivalAtMs: number;
  private greeting = '';
  /** The server's word on a negotiation that is awaited. */
  private onAgreed: (isAgreed: boolean) => void = () => undefined;
  /** Arrived before anybody listened. */
  private early: Arrival[] = [];
  private earlyBytes = 0;
  /** Servers assert both when they open the port, as every operating system does. */
  private lines: ModemLines = { dtr: true, rts: true };
  private answersControl: boolean;
  private suspended: { readonly over: Promise<void>; readonly resume: () => void } | undefined;

  constructor(
    readonly path: string,
    private readonly socket: Socket,
    address: Rfc2217Address,
    private readonly clock: Clock,
  ) {
    this.answers = new Answers(clock);
    this.answersControl = !address.ignoresControl;
    this.lastArrivalAtMs = clock.nowMs();
    socket.on('data', (bytes: Buffer) => {
      const hostAtMs = clock.nowMs();
      this.receive(bytes, hostAtMs);
    });
    socket.on('error', (cause) => this.lose(cause));
    socket.on('close', () => this.lose(new Error('the server ended the connection')));
  }

  /**
   * Agrees with the server on RFC 2217 and sets the port up: 8N1, no flow control.
   * @throws BoardError `HIL_BOARD_PORT_FAILED` when the server does not speak it, `HIL_BOARD_PORT_BUSY` when somebody has the port.
   */
  async begin(baudRate: number): Promise<void> {
    const agreed = new Promise<boolean>((resolve) => {
      this.onAgreed = resolve;
    });
    const cancelTimeout = this.clock.after(ANSWER_TIMEOUT_MS, () => this.onAgreed(false));
    this.send(
      negotiation('will', comPortOption),
      negotiation('will', binary),
      negotiation('do', binary),
      negotiation('do', suppressGoAhead),
      negotiation('will', suppressGoAhead),
    );
    const isAgreed = await agreed;
    cancelTimeout();
    if (!isAgreed) throw this.refusal();
    await this.setBaudRate(baudRate);
    for (const { command, bytes } of frameRequests) {
      const answer = this.answers.next(command, ANSWER_TIMEOUT_MS);
      this.send(bytes);
      if ((await answer) === undefined) throw this.failure('did not take 8 data bits without parity');
    }
    // Whatever it says: ports without flow control have nothing to switch off.
    await this.setControl(control.noFlowControl);
    this.beat();
  }

  onBytes(listener: (bytes: Buffer, hostAtMs: number) => void): Cancel {
    this.byteListeners.add(listener);
    for (const { bytes, hostAtMs } of this.early.splice(0)) listener(bytes, hostAtMs);
    this.earlyBytes = 0;
    this.socket.resume();
    return () => void this.byteListeners.delete(listener);
  }

  onLost(listener: (error: Error) => void): Cancel {
    if (this.lost !== undefined) listener(this.lost);
    else this.lostListeners.add(listener);
    return () => void this.lostListeners.delete(listener);
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.state !== 'open') throw this.goneError();
    await new Promise<void>((resolve, reject) => {
      const finish = (error: Error | undefined): void => {
        cancelTimeout();
        this.unfinished.delete(finish);
        if (error === undefined) resolve();
        else reject(error);
      };
      const cancelTimeout = this.clock.after(WRITE_TIMEOUT_MS, () =>
        finish(this.failure(`did not take ${bytes.length} bytes within ${WRITE_TIMEOUT_MS} ms`)),
      );
      this.unfinished.add(finish);
      const over = this.suspended?.over;
      const begin = (): void => {
        if (!this.unfinished.has(finish)) return;
        if (this.socket.writableLength > BACKLOG_LIMIT_BYTES)
          finish(this.failure(`does not drain: ${this.socket.writableLength} bytes wait for the network`));
        else
          this.socket.write(escapeData(bytes), (error) =>
            finish(error == null ? undefined : this.goneError()),
          );
      };
      if (over === undefined) begin();
      else void over.then(begin);
    });
  }

  async setBaudRate(baudRate: number): Promise<void> {
    if (this.state !== 'open') throw this.goneError();
    const answer = this.answers.next(comPort.setBaudRate, ANSWER_TIMEOUT_MS);
    this.send(baudRateRequest(baudRate));
    const value = await answer;
    if (value === undefined)
      throw this.failure(`did not answer within ${ANSWER_TIMEOUT_MS} ms when it was set to ${baudRate} baud`);
    const taken = value.length === 4 ? value.readUInt32BE() : 0;
    if (taken !== baudRate) throw this.failure(`took ${taken} baud instead of ${baudRate}`);
  }

  async setModemLines(wanted: ModemLines): Promise<boolean> {
    if (this.state !== 'open') throw this.goneError();
    const dtr = [this.lines.dtr === wanted.dtr, wanted.dtr ? control.dtrOn : control.dtrOff] as const;
    const rts = [this.lines.rts === wanted.rts, wanted.rts ? control.rtsOn : control.rtsOff] as const;
    // Through both asserted or both released, never through RTS alone: a USB-Serial-JTAG resets its chip on that.
    const steps = (wanted.dtr ? [dtr, rts] : [rts, dtr]).filter(([isSet]) => !isSet);
    this.lines = wanted;
    return this.setControl(...steps.map(([, request]) => request));
  }

  close(): Promise<void> {
    this.cancelHeartbeat();
    if (this.state === 'open') this.state = 'closed';
    this.failUnfinished();
    if (this.socket.closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.socket.once('close', () => resolve());
      this.socket.destroySoon();
    });
  }

  /**
   * False when the server answers with another state than the one that it was asked for. Requests leave together: between the two
   * lines of a download sequence EN is let go with GPIO0 still high, and it rises within milliseconds.
   */
  private async setControl(...values: readonly number[]): Promise<boolean> {
    const answers = values.map(() =>
      this.answersControl
        ? this.answers.next(comPort.setControl, ANSWER_TIMEOUT_MS)
        : Promise.resolve(undefined),
    );
    this.send(...values.map(controlRequest));
    const answered = await Promise.all(answers);
    if (this.state !== 'open') throw this.goneError();
    // A server that leaves one out leaves them all out, and is not waited for again: sequences have their timing.
    if (answered.includes(undefined)) this.answersControl = false;
    return answered.every((answer, index) => answer === undefined || answer[0] === values[index]);
  }

  private receive(bytes: Buffer, hostAtMs: number): void {
    this.lastArrivalAtMs = hostAtMs;
    for (const event of this.decoder.push(bytes)) {
      if (event.type === 'data') this.deliver(event.bytes, hostAtMs);
      else if (event.type === 'negotiation') this.negotiate(event);
      else if (event.option === comPortOption) this.takeMessage(event.bytes);
    }
  }

  private deliver(bytes: Buffer, hostAtMs: number): void {
    if (this.byteListeners.size > 0) {
      for (const listener of this.byteListeners) listener(bytes, hostAtMs);
      return;
    }
    this.greeting = (this.greeting + bytes.toString('latin1')).slice(-GREETING_CHARACTERS);
    this.early.push({ bytes, hostAtMs });
    this.earlyBytes += bytes.length;
    // Nothing is dropped: the server holds the rest until somebody listens.
    if (this.earlyBytes > BACKLOG_LIMIT_BYTES) this.socket.pause();
  }

  // What we asked for ourselves is not answered again, or the two would never stop; of the rest we want nothing.
  private negotiate({ verb, option }: TelnetEvent & { readonly type: 'negotiation' }): void {
    if (option === comPortOption) this.onAgreed(verb === 'do' || verb === 'will');
    else if (option === binary || option === suppressGoAhead) return;
    else if (verb === 'will') this.send(negotiation('dont', option));
    else if (verb === 'do') this.send(negotiation('wont', option));
  }

  private takeMessage([command = 0, ...value]: Buffer): void {
    if (command === comPort.flowSuspend + FROM_SERVER) this.suspend();
    else if (command === comPort.flowResume + FROM_SERVER) this.suspended?.resume();
    else if (command >= FROM_SERVER) this.answers.take(command - FROM_SERVER, Buffer.from(value));
  }

  private suspend(): void {
    if (this.suspended !== undefined) return;
    let resume: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      resume = () => {
        this.suspended = undefined;
        resolve();
      };
    });
    this.suspended = { over, resume };
  }

  // The network drops connections without a word; the question has no effect on the port.
  private beat(): void {
    this.cancelHeartbeat = this.clock.after(HEARTBEAT_MS, () => {
      if (this.state !== 'open') return;
      const silentMs = this.clock.nowMs() - this.lastArrivalAtMs;
      if (silentMs >= GONE_AFTER_MS && !this.socket.isPaused()) {
        this.lose(new Error(`the server has been silent for ${Math.round(silentMs)} ms`));
        return;
      }
      if (silentMs >= HEARTBEAT_MS) this.send(baudRateRequest(0));
      this.beat();
    });
  }

  private send(...messages: readonly Buffer[]): void {
    if (messages.length > 0 && this.state === 'open' && this.socket.writable)
      this.socket.write(Buffer.concat(messages));
  }

  private lose(cause: Error): void {
    if (this.state !== 'open') return;
    this.state = 'lost';
    this.cancelHeartbeat();
    this.socket.destroy();
    this.lost = new BoardError(
      'HIL_BOARD_PORT_LOST',
      `Serial port ${this.path} has gone: ${cause.message}.`,
      { port: this.path },
      { cause },
    );
    this.onAgreed(false);
    this.answers.end();
    this.failUnfinished();
    for (const listener of [...this.lostListeners]) listener(this.lost);
    this.lostListeners.clear();
  }

  private failUnfinished(): void {
    for (const fail of [...this.unfinished]) fail(this.goneError());
  }

  private goneError(): BoardError {
    const closed = `Serial port ${this.path} is closed.`;
    return this.lost ?? new BoardError('HIL_BOARD_PORT_LOST', closed, { port: this.path });
  }

  private failure(what: string): BoardError {
    return new BoardError('HIL_BOARD_PORT_FAILED', `Serial port ${this.path} ${what}.`, { port: this.path });
  }

  private refusal(): BoardError {
    const said = this.greeting.trim();
    if (/in use|busy/i.test(said)) {
      const message = `Serial port ${this.path} is held by somebody else; its server says ${JSON.stringify(said)}.`;
      return new BoardError('HIL_BOARD_PORT_BUSY', message, { port: this.path, holderPid: null });
    }
    const what = this.lost === undefined ? 'does not agree to RFC 2217' : 'ended the connection';
    const seen = said === '' ? 'it said nothing' : `it said ${JSON.stringify(said)}`;
    return this.failure(`is behind a server that ${what}; ${seen}`);
  }
}
