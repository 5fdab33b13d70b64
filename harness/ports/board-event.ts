import type { WireError } from '../errors';
import type { BootSession } from './boot-session';

interface Stamp {
  readonly hostAtMs: number;
  readonly deviceAtMs?: number;
  readonly boot: number;
  /** Index of the console line that says so. */
  readonly lineIndex: number;
}

/** What a dialect reads from the console, in the harness's own words. */
export type BoardEvent = Stamp &
  (
    | { readonly type: 'boot'; readonly resetCause: string }
    /** A boot is over: its summary, stamped with its first line. */
    | { readonly type: 'boot-ended'; readonly session: BootSession }
    /** `app`: application started; `network`: address obtained; `connecting`: calls the provider. */
    | { readonly type: 'milestone'; readonly milestone: 'app' | 'network' | 'connecting' }
    | { readonly type: 'firmware'; readonly firmware: FirmwareIdentity }
    /** The board is no longer on its network: what its radio said, such as `run -> init (0xc800)`. */
    | { readonly type: 'network-lost'; readonly reason: string }
    | { readonly type: 'session-ready' }
    | { readonly type: 'session-ended'; readonly reason: string }
    | {
        readonly type: 'function-call';
        readonly name: string;
        readonly callId?: string;
        /** Undefined when the firmware printed something that is no JSON object. */
        readonly arguments?: Readonly<Record<string, unknown>>;
        /** The firmware had printed this call of this session before: it was asked for once and is executed again. */
        readonly repeated?: true;
      }
    | { readonly type: 'light'; readonly on: boolean }
    | { readonly type: 'colour'; readonly channel: 'red' | 'green' | 'blue'; readonly value: number }
    | { readonly type: 'volume'; readonly value: number }
    | { readonly type: 'door'; readonly open: boolean }
    | { readonly type: 'transcript'; readonly text: string }
    /** What the service understood that the user said, as the firmware prints it. */
    | { readonly type: 'user-transcript'; readonly text: string }
    /** The firmware tells the provider of these tools. */
    | { readonly type: 'tools-declared'; readonly tools: readonly string[] }
    /**
     * A state of the connection to the provider, by the firmware's own number. `state` is absent as long as what was printed does
     * not decide what the number means.
     */
    | { readonly type: 'connection-state'; readonly number: number; readonly state?: string }
    /** Packets of sound since the report before. */
    | {
        readonly type: 'media';
        readonly sentPackets: number;
        readonly sentBytes: number;
        readonly receivedPackets: number;
        readonly receivedBytes: number;
      }
    /** Such reports stopped: sound is not connected any more. */
    | { readonly type: 'media-lost'; readonly silentMs: number }
    /** Which generation of its firmware the board runs, once what it printed decides that. */
    | { readonly type: 'generation'; readonly generation: string }
    /** The firmware complains: a missing attribute, a wrong type, an error of the service. */
    | { readonly type: 'complaint'; readonly text: string }
    /** A text board took a question. */
    | { readonly type: 'asking'; readonly text: string }
    /** Its request left. */
    | { readonly type: 'request-sent' }
    /** The first text of the answer reached the board. */
    | { readonly type: 'first-text' }
    /** Stamped with what was printed behind the answer, which is therefore whole. `complete` false: it was cut. */
    | { readonly type: 'answer'; readonly text: string; readonly complete: boolean }
    | {
        readonly type: 'request-failed';
        /** Of HTTP; absent where there was no answer, or none over HTTP. */
        readonly status?: number;
        /** The provider's own code. */
        readonly code?: string;
        readonly message: string;
      }
    /** The board's clock was set; `unixMs` is the date that it printed, to the second. */
    | { readonly type: 'clock-set'; readonly unixMs?: number }
    /** The board goes on without the time. */
    | { readonly type: 'clock-unset'; readonly reason?: string }
    /** The provider's certificate was not accepted. */
    | { readonly type: 'tls-refused'; readonly reason: string }
    /** A marker that a firmware with `hil_marker` printed (docs/markers.md). */
    | {
        readonly type: 'marker';
        readonly marker: string;
        /** Microseconds of the firmware's `esp_timer`: the crystal of `deviceAtMs`, from another zero. */
        readonly deviceAtUs: number;
        /** Of the marker since the firmware started, from 0. */
        readonly number: number;
        readonly fields: Readonly<Record<string, string | number | boolean>>;
        /** Position of its line's first byte in the raw log. */
        readonly byteOffset: number;
        /** Other text stands ahead of it in its line, so `hostAtMs` may be earlier than its own arrival. */
        readonly midLine?: true;
        /** Of the answer to a ping of the bench: when that ping left the host, or earlier; the stamp is later. */
        readonly pingedAtHostMs?: number;
      }
    /** So many markers were printed and did not arrive, or not whole. */
    | { readonly type: 'markers-lost'; readonly count: number }
    /** Free heap, as the firmware printed it: of the internal RAM, the least since its start, and of the PSRAM. */
    | {
        readonly type: 'heap';
        readonly internalBytes: number;
        readonly leastInternalBytes?: number;
        readonly psramBytes?: number;
      }
    /** Share of a core that each task took, in percent, and how much of its stack was never used, in bytes. */
    | {
        readonly type: 'tasks';
        readonly tasks: readonly {
          readonly name: string;
          readonly percent: number;
          readonly leastFreeStack: number;
        }[];
      }
    /** The dialect of a team's own threw, or gave back what is no event; from then on its table alone reads. */
    | { readonly type: 'reader-failed'; readonly error: WireError }
    | { readonly type: 'fault'; readonly error: WireError }
    /** A step of a reset that brought no boot; or, behind such, the one that did. */
    | {
        readonly type: 'reset-step';
        readonly step: string;
        /** `silent`: no boot was seen; `unseen`: the port was away while the board booted, if it did; `failed`: see `message`. */
        readonly outcome: 'booted' | 'silent' | 'download' | 'unseen' | 'no-lines' | 'failed';
        /** What the board printed meanwhile. */
        readonly receivedBytes: number;
        readonly message?: string;
      }
    /** The port went away and came back: what the board printed in between is lost. The event is stamped with its return. */
    | {
        readonly type: 'console-gap';
        readonly awaySinceHostMs: number;
        readonly reason: string;
        /** Position in the raw log. */
        readonly byteOffset: number;
      }
  );

/** What a marker said. */
export type MarkerEvent = Extract<BoardEvent, { readonly type: 'marker' }>;

export type BoardEventType = BoardEvent['type'];

/** Which image runs, from its boot log. Absent fields were not printed. */
export interface FirmwareIdentity {
  readonly project?: string;
  readonly version?: string;
  readonly idf?: string;
  readonly compiled?: string;
  /** Leading hex digits of the ELF's SHA-256. */
  readonly elfSha256Prefix?: string;
  /** Of firmwares that come in several generations with one name; from what they print while they connect. */
  readonly generation?: string;
}
