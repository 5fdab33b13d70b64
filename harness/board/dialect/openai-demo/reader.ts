// docs/dialect-openai-demo.md is the source of every line here.
import { isStamped, parseLogLine, type LogLine } from '../../console';
import type { ConsoleLine } from '../../../ports';
import type { DialectReader, EventBody } from '../../event-body';
import { readPrinted } from '../printed-calls';
import { readCall, repetitionMarker } from './call-lines';
import { ConnectionView, connectionState } from './connection';
import { GenerationJudge } from './generation';
import { SentJson, toolsOf, type SentMessage } from './sent-json';
import { transcriptReader } from './transcripts';

/** Statistics come every 2 s while the connection stands; a longer absence says that it does not. */
const STATISTICS_WITHIN_MS = 4000;

// Lines that carry any text of others behind their beginning. That may lie behind a half-typed command.
const LINE_START =
  /Transcript: |Begin to send json:|Function Call (?=name=|\{)|={3,}Event \d+=|[EWIDV] \([\d:.]+\) /;
const EVENT = /^=+Event (\d+)=+$/;
const STATISTICS = /^Send A:\d+ \[(\d+):(\d+)\] Recv A:\d+ \[(\d+):(\d+)\]/;
/** What the firmware prints of JSON that it cannot read. */
const BROKEN = /(Error parsing JSON data|Invalid JSON format)$/;
/** Errors of these parts are told; others (codec drivers, the renderer) warn of what heals by itself. */
const TOLD: ReadonlySet<string> = new Set([
  'OPENAI_APP',
  'OPENAI_SIGNALING',
  'HTTPS_CLIENT',
  'HTTP_CLIENT',
  'CODEC_INIT',
  'webrtc',
]);

/**
 * Reads the console of openai_demo in all its generations. What a number or a message means is decided by what the stream has
 * shown by then, boot by boot; until that is decided, numbers are told as they are.
 */
export function createOpenaiDemoReader(): DialectReader {
  let boot: number | undefined;
  let state = new BootReader();
  return {
    read: (line) => {
      if (line.boot !== boot) state = new BootReader();
      boot = line.boot;
      return state.read(line);
    },
    awaited: () => state.awaited,
  };
}

/** What one boot has shown so far. */
class BootReader {
  private readonly judge = new GenerationJudge();
  private readonly sent = new SentJson();
  private readonly readTranscript = transcriptReader();
  private connection = new ConnectionView();
  private markRepetition = repetitionMarker();
  private isReady = false;
  private isConnecting = false;
  /** An end was told, and nothing has been connected since. */
  private isOver = false;
  private told: string | undefined;
  awaited: ReturnType<NonNullable<DialectReader['awaited']>>;

  read(line: ConsoleLine): readonly EventBody[] {
    const events = [...this.readLine(line)];
    const { generation } = this.judge;
    if (generation !== undefined && generation !== this.told) {
      this.told = generation;
      events.push({ type: 'generation', generation });
    }
    return [...events, ...this.readiness()];
  }

  private readLine({ text, hostAtMs, truncated }: ConsoleLine): readonly EventBody[] {
    const piece = this.sent.next(text);
    if (piece !== undefined) return piece.message === undefined ? [] : this.readSent(piece.message);
    const log = parseLogLine(text);
    if (isStamped(log)) return this.readLog(log);
    // A reset that cuts a number makes another one of it, and another text of a text.
    if (truncated === true) return [];
    const start = text.search(LINE_START);
    if (start >= 0) return this.readCarrier(text.slice(start), hostAtMs);
    if (/Get remote SDP (?!answer, size=)/.test(text)) this.judge.see('prints-answer');
    if (text.endsWith('Receive local SDP')) return this.connecting();
    const [, broken] = BROKEN.exec(text) ?? [];
    return broken === undefined ? readPrinted(text) : [{ type: 'complaint', text: broken }];
  }

  // What was said, sent or asked for may contain the words of any other line, so the first beginning in a line decides.
  private readCarrier(text: string, hostAtMs: number): readonly EventBody[] {
    if (text.startsWith('Transcript: ')) {
      const said = this.readTranscript(text.slice('Transcript: '.length), hostAtMs);
      return said === undefined ? [] : [{ type: 'transcript', text: said }];
    }
    if (text.startsWith('Begin to send json:')) {
      const message = this.sent.begin(text.slice('Begin to send json:'.length));
      return message === undefined ? [] : this.readSent(message);
    }
    if (text.startsWith('Function Call ')) return this.readCallLine(text.slice('Function Call '.length));
    const [, number] = EVENT.exec(text) ?? [];
    if (number !== undefined) return this.readNumber(Number(number));
    const log = parseLogLine(text);
    return log === undefined ? [] : this.readLog(log);
  }

  private readCallLine(printed: string): readonly EventBody[] {
    const read = readCall(printed);
    if (read === undefined) return [];
    this.judge.see(read.shape === 'fields' ? 'prints-call-in-fields' : 'prints-call-as-json');
    if (read.call !== undefined) return [this.markRepetition(read.call)];
    return [{ type: 'complaint', text: `Function Call ${printed}` }];
  }

  private readNumber(number: number): readonly EventBody[] {
    this.judge.seeNumber(number);
    this.connection.see(number);
    if (number === 1) this.begin();
    const { numbering } = this.judge;
    const name = numbering === undefined ? undefined : connectionState(numbering, number);
    const event: EventBody = {
      type: 'connection-state',
      number,
      ...(name === undefined ? {} : { state: name }),
    };
    const ended = numbering === undefined ? undefined : this.connection.endedBy(numbering);
    return ended === undefined ? [event] : [event, ...this.end(ended)];
  }

  /** A new connection: its calls are new ones. */
  private begin(): void {
    this.isReady = false;
    this.isOver = false;
    this.markRepetition = repetitionMarker();
  }

  private end(reason: string): readonly EventBody[] {
    this.isReady = false;
    this.isConnecting = false;
    this.awaited = undefined;
    if (this.isOver) return [];
    this.isOver = true;
    return [{ type: 'session-ended', reason }];
  }

  private connecting(): readonly EventBody[] {
    if (this.isConnecting) return [];
    this.isConnecting = true;
    return [{ type: 'milestone', milestone: 'connecting' }];
  }

  private readSent({ type, session }: SentMessage): readonly EventBody[] {
    if (type !== 'session.update' || session === undefined) return [];
    this.judge.see(session['type'] === 'realtime' ? 'declares-for-ga' : 'declares-for-beta');
    const tools = toolsOf(session);
    if (tools === undefined) return [];
    if (tools.length > 0)
      this.judge.see(tools.includes('SetVolume') ? 'declares-volume' : 'declares-no-volume');
    return [{ type: 'tools-declared', tools }];
  }

  private readLog({ level, tag, message }: LogLine): readonly EventBody[] {
    const source = `${tag}: ${message}`;
    if (source === 'Board: Init board.') return [{ type: 'milestone', milestone: 'app' }];
    if (source.startsWith('NETWORK: got ip:')) return [{ type: 'milestone', milestone: 'network' }];
    if (source.startsWith('OPENAI_SIGNALING: Creating OpenAI Realtime client secret')) {
      this.judge.see('signs-in');
      return this.connecting();
    }
    if (message.startsWith('Get remote SDP '))
      this.judge.see(
        message.startsWith('Get remote SDP answer, size=') ? 'prints-answer-size' : 'prints-answer',
      );
    if (message === 'Receive local SDP') return this.connecting();
    if (source.startsWith('OPENAI_APP: Realtime session.updated')) return this.sessionUpdated();
    if (message.startsWith('Realtime error: ')) this.judge.see('prints-errors');
    const statistics = tag === 'webrtc' ? STATISTICS.exec(message) : null;
    if (statistics !== null) return this.readStatistics(statistics.slice(1).map(Number));
    return level === 'E' && TOLD.has(tag) ? [{ type: 'complaint', text: message }] : [];
  }

  private sessionUpdated(): readonly EventBody[] {
    this.judge.see('session-updated');
    if (this.isReady) return [];
    this.isReady = true;
    return [{ type: 'session-ready' }];
  }

  /** Whether the session has become usable with this line: GA says so itself, older ones by their open channel. */
  private readiness(): readonly EventBody[] {
    const { numbering, possible } = this.judge;
    if (this.isReady || this.isOver || numbering === undefined || possible.has('G1')) return [];
    if (!this.connection.isOpen(numbering)) return [];
    this.isReady = true;
    return [{ type: 'session-ready' }];
  }

  private readStatistics(counts: readonly number[]): readonly EventBody[] {
    const [sentPackets = 0, sentBytes = 0, receivedPackets = 0, receivedBytes = 0] = counts;
    this.awaited = {
      withinMs: STATISTICS_WITHIN_MS,
      missed: () => {
        this.awaited = undefined;
        return [{ type: 'media-lost', silentMs: STATISTICS_WITHIN_MS }];
      },
    };
    return [{ type: 'media', sentPackets, sentBytes, receivedPackets, receivedBytes }];
  }
}
