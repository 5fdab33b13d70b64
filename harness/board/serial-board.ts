import { BoardError, isHilError, type ErrorCode, type HilError } from '../errors';
import type {
  Board,
  BoardEvent,
  BootSession,
  Cancel,
  Clock,
  ConsoleLink,
  DialectDescription,
  EventSequence,
  FirmwareIdentity,
} from '../ports';
import { faultError, sessionTimeoutError } from './board-errors';
import { BootHistory } from './boot-history';
import { ClockSync } from './clock-sync';
import { EchoCheck, RecordedConsole } from './console';
import { wrongDialect, type Dialect } from './dialect';
import { wrongFirmware, type ImageUnderTest } from './esp32s3';
import { EventLog } from './event-log';
import { readEvents } from './event-reader';
import { climb, quarantinedError, type ResetStep } from './reset';
import type { PortGap, SerialTransport } from './serial';
import { sessionState, type SessionState } from './session-state';

export interface SerialBoardParts {
  readonly name: string;
  readonly model: string;
  readonly transport: SerialTransport;
  /** Tells when the port was away. Absent: it goes once and for all. */
  readonly onGap?: (listener: (gap: PortGap) => void) => Cancel;
  /** How it is reset: tried one after another. */
  readonly resetSteps: readonly ResetStep[];
  readonly dialect: Dialect;
  readonly baudRate: number;
  /** Default: a UART of this baud rate. */
  readonly link?: ConsoleLink;
  /** Absent: whatever runs will do. */
  readonly image?: ImageUnderTest;
  readonly bootTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly clock: Clock;
}

/** `i` of openai_demo takes its task table over a second. */
const SAMPLE_WITHIN_MS = 5_000;
/** Of `hil_marker` (docs/markers.md). */
const MARKER_HEAP_COMMAND = 'hil heap';

/** Nothing that the bench has can reset the board, and no later try can do more. */
const hopeless: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'HIL_BOARD_RESET_FAILED',
  'HIL_BOARD_DOWNLOAD_MODE',
]);

/** A board behind a serial port. What ended it first is what every later call reports. */
export class SerialBoard implements Board {
  readonly console: RecordedConsole;
  private readonly log: EventLog;
  private readonly history = new BootHistory((session) => this.addBootEnded(session));
  private readonly typed: EchoCheck;
  private readonly clockSync: ClockSync;
  private readonly stopReading: Cancel;
  private readonly cancelLost: Cancel;
  private identity: FirmwareIdentity | undefined;
  private ended: Error | undefined;
  private quarantine: HilError | undefined;
  /** Crashes and restarts so far. */
  private upsets = 0;

  constructor(private readonly parts: SerialBoardParts) {
    const { name, transport, clock, baudRate, link, dialect } = parts;
    const write = (bytes: Buffer) => transport.write(bytes);
    this.console = new RecordedConsole({ name, clock, write, baudRate, ...(link && { link }) });
    this.log = new EventLog(clock);
    this.typed = new EchoCheck(name, this.console, () => this.upsets);
    this.clockSync = new ClockSync((command, onTyping) => this.typed.post(command, onTyping), clock);
    const emit = (event: BoardEvent) => this.addEvent(event);
    // Ahead of what reads events from the line.
    this.console.onLine((line) => this.history.line(line));
    this.stopReading = readEvents({ board: name, console: this.console, dialect, clock, emit });
    transport.onBytes((bytes, hostAtMs) => this.console.receive(bytes, hostAtMs));
    this.cancelLost = transport.onLost((error) => this.end(error));
    parts.onGap?.((gap) => this.markGap(gap));
  }

  get name(): string {
    return this.parts.name;
  }

  get model(): string {
    return this.parts.model;
  }

  get dialect(): DialectDescription {
    return this.parts.dialect.description;
  }

  get events(): EventSequence<BoardEvent> {
    return this.log.events;
  }

  get boots(): readonly BootSession[] {
    return this.history.boots;
  }

  get firmware(): FirmwareIdentity | undefined {
    return this.identity;
  }

  onEvent(listener: (event: BoardEvent) => void): Cancel {
    return this.log.onEvent(listener);
  }

  forget(before: number): void {
    this.log.forget(before);
  }

  onLost(listener: (error: Error) => void): Cancel {
    return this.parts.transport.onLost(listener);
  }

  async reset(): Promise<void> {
    const { name, dialect, image, bootTimeoutMs, resetSteps: steps, clock } = this.parts;
    if (this.ended !== undefined) throw this.ended;
    if (this.quarantine !== undefined) throw quarantinedError(name, this.quarantine);
    const firstEvent = this.events.length;
    const { console, log } = this;
    const checkFirmware = (firmware: FirmwareIdentity) => wrongDialect(name, dialect, firmware);
    const emit = (event: BoardEvent) => this.addEvent(event);
    try {
      await climb({
        board: name,
        console,
        log,
        steps,
        clock,
        bootTimeoutMs,
        checkFirmware,
        onStep: () => this.history.order(),
        emit,
      });
    } catch (cause) {
      if (isHilError(cause) && hopeless.has(cause.code)) this.quarantine = cause;
      throw cause;
    } finally {
      // A port that lost the banner has told of no boot that could have used the order up.
      this.history.orderIsOver();
    }
    const failure = image && wrongFirmware(name, image, this.identitySince(firstEvent));
    if (failure !== undefined) throw failure;
  }

  async startSession(): Promise<void> {
    const { name, dialect, sessionTimeoutMs: withinMs } = this.parts;
    const state = this.session();
    if (this.ended === undefined && state.session === 'ready') return;
    if (state.session === 'crashed') throw faultError(state.fault);
    const ready = this.waitForSession('session-ready', withinMs, 'open');
    // Firmware that starts by itself and takes no commands starts its next session by itself as well.
    const waits = dialect.startsByItself && dialect.startCommand === undefined;
    const needsCommand = !waits && (state.session === 'ended' || !dialect.startsByItself);
    if (needsCommand) await this.sendArmed(dialect.startCommand, `start a session on board ${name}`, ready);
    await ready;
  }

  async stopSession(): Promise<void> {
    const { name, dialect, sessionTimeoutMs: withinMs } = this.parts;
    if (this.ended === undefined && this.session().session === 'ended') return;
    const stopped = this.waitForSession('session-ended', withinMs, 'end');
    await this.sendArmed(dialect.stopCommand, `stop the session of board ${name}`, stopped);
    await stopped;
  }

  async send(command: string): Promise<void> {
    if (this.parts.dialect.echoes === false) await this.console.send(command);
    else await this.typed.send(command);
  }

  async ask(text: string): Promise<void> {
    const { name, dialect } = this.parts;
    const command = dialect.askCommand?.(text);
    if (command === undefined) throw this.unsupported(`ask board ${name} a question`);
    await this.console.send(command);
  }

  async crash(): Promise<void> {
    const { name, dialect } = this.parts;
    if (dialect.crashCommand === undefined) throw this.unsupported(`crash board ${name}`);
    this.history.orderCrash();
    await this.send(dialect.crashCommand);
  }

  async pingClock(): Promise<void> {
    const { dialect } = this.parts;
    const readsConsole = dialect.description.capabilities.includes('console-input');
    if (this.ended !== undefined || !readsConsole || this.session().session === 'crashed') return;
    const boot = this.latestBoot();
    // Firmware without markers would call it an unknown command.
    if (this.events.findLast(({ type }) => type === 'marker')?.boot === boot) await this.clockSync.ping(boot);
  }

  async sampleMemory(): Promise<void> {
    const command = this.memoryCommand();
    if (command === undefined || this.ended !== undefined || this.session().session === 'crashed') return;
    const ended = (): Error => new Error('no sample');
    const printed = this.log.wait(
      ({ type }) => {
        if (type === 'fault' || type === 'boot') return { failure: ended() };
        return type === 'heap' ? 'done' : 'wait';
      },
      SAMPLE_WITHIN_MS,
      ended,
    );
    try {
      await this.sendArmed(command, `sample the memory of board ${this.name}`, printed);
      await printed;
    } catch {
      // A sample that is missing is one that is not there; what broke tells of itself.
    }
  }

  async close(): Promise<void> {
    this.cancelLost();
    const message = `Serial port ${this.parts.transport.path} of board ${this.name} was closed.`;
    this.end(new BoardError('HIL_BOARD_PORT_LOST', message, { port: this.parts.transport.path }));
    await this.parts.transport.close();
  }

  /** How this boot of the firmware is asked for its heap; undefined: not at all. */
  private memoryCommand(): string | undefined {
    const { memoryCommand, description } = this.parts.dialect;
    if (!description.capabilities.includes('console-input')) return undefined;
    if (memoryCommand !== undefined) return memoryCommand;
    // Firmware without markers would call it an unknown command.
    const boot = this.latestBoot();
    return this.events.findLast(({ type }) => type === 'marker')?.boot === boot
      ? MARKER_HEAP_COMMAND
      : undefined;
  }

  private markGap({ awaySinceHostMs, hostAtMs, reason }: PortGap): void {
    this.console.markGap({ awaySinceHostMs, hostAtMs, reason });
    this.addEvent({
      type: 'console-gap',
      awaySinceHostMs,
      reason,
      byteOffset: this.console.receivedBytes,
      hostAtMs,
      boot: this.latestBoot(),
      lineIndex: this.console.cursor(),
    });
  }

  /** What the boots since an event printed of their firmware: what an earlier one printed proves nothing. */
  private identitySince(firstEvent: number): FirmwareIdentity | undefined {
    const told = this.events.slice(firstEvent).filter((event) => event.type === 'firmware');
    return told.at(-1)?.firmware;
  }

  private session(): SessionState {
    return sessionState(this.events, this.latestBoot());
  }

  private latestBoot(): number {
    return this.console.lines.at(-1)?.boot ?? 0;
  }

  private waitForSession(
    type: 'session-ready' | 'session-ended',
    withinMs: number,
    wanted: 'open' | 'end',
  ): Promise<void> {
    const firstEvent = this.events.length;
    const fromLine = this.console.cursor();
    return this.log.wait(
      (event) => {
        if (event.type === 'fault') return { failure: faultError(event) };
        return event.type === type ? 'done' : 'wait';
      },
      withinMs,
      () =>
        sessionTimeoutError(
          this.name,
          this.console,
          this.events.slice(firstEvent),
          wanted,
          fromLine,
          withinMs,
        ),
    );
  }

  // The expectation is armed before the command goes out; a command that fails is the error, not its missing effect.
  private async sendArmed(
    command: string | undefined,
    purpose: string,
    effect: Promise<void>,
  ): Promise<void> {
    effect.catch(() => undefined);
    if (command === undefined) throw this.unsupported(purpose);
    await this.send(command);
  }

  private unsupported(purpose: string): BoardError {
    const dialect = this.dialect.name;
    const message = `Dialect "${dialect}" has no command to ${purpose}.`;
    return new BoardError('HIL_BOARD_COMMAND_UNSUPPORTED', message, { board: this.name, dialect });
  }

  private addEvent(event: BoardEvent): void {
    if (event.type === 'firmware') this.identity = event.firmware;
    if (event.type === 'generation') this.identity = { ...this.identity, generation: event.generation };
    if (event.type === 'fault' || event.type === 'boot') this.upsets += 1;
    this.history.event(event);
    this.log.add(this.clockSync.read(event));
  }

  private addBootEnded(session: BootSession): void {
    const { boot, lastLine: lineIndex, endedAtHostMs: hostAtMs = session.startedAtHostMs } = session;
    this.log.add({ type: 'boot-ended', session, hostAtMs, boot, lineIndex });
  }

  private end(error: Error): void {
    if (this.ended !== undefined) return;
    this.ended = error;
    this.console.end(error);
    this.stopReading();
    this.history.close(this.parts.clock.nowMs());
    this.log.end(error);
  }
}
