import type {
  CardIdentity,
  DialectDescription,
  FirmwareIdentity,
  PromptConditions,
  SoakPlan,
  Topology,
} from '../ports';
import type { Outcome } from '../verdict';

/** `run.json`: what a run was made of and how it ended. Written first when the run starts, last when it ends. */
export interface RunRecord {
  readonly schema: 'earshot/run@1';
  readonly runId: string;
  readonly earshotVersion: string;
  /** ISO 8601 with zone: the one wall-clock time of the run. */
  readonly startedAt: string;
  /** Host clock at `startedAt`. */
  readonly startedAtHostMs: number;
  readonly endedAtHostMs?: number;
  readonly bench: { readonly name: string; readonly path: string };
  readonly boards: readonly {
    readonly name: string;
    readonly model: string;
    readonly dialect: DialectDescription;
    readonly firmware?: FirmwareIdentity;
    /** Of a merged run: the bench that it is on. Absent: the run's. */
    readonly bench?: string;
  }[];
  /** Absent: the board was asked in writing. */
  readonly rig?: {
    readonly name: string;
    readonly topology: Topology;
    readonly rateHz: number;
    /** The sound card; absent: none, as on virtual rigs, or the run ended before it was open. */
    readonly card?: CardIdentity;
    /** The calibration that was used; absent: none, as on virtual rigs and in older runs. */
    readonly calibration?: {
      readonly path: string;
      readonly measuredAt: string;
      readonly card: { readonly kind: string; readonly name: string; readonly stableId: string };
      readonly roundTrip?: { readonly ms: number; readonly uncertaintyMs: number };
    };
  };
  readonly provider: {
    readonly name: string;
    readonly protocol: string;
    /** How the board reaches it, in words; absent: it is served by the bench, as in older runs. */
    readonly way?: string;
  };
  readonly scenario: { readonly name: string; readonly sha256: string };
  readonly corpus: { readonly path: string; readonly sha256: string; readonly prompts: number };
  /** How all prompts were to be heard; absent: as they are. */
  readonly conditions?: PromptConditions;
  /** Faults switched on with `--fault`; virtual parts only. */
  readonly faults: readonly string[];
  /** The played runs that this one was merged of, in the order in which they began. Absent: it was played itself. */
  readonly sources?: readonly RunSource[];
  /** The run of the other image, beside this one, that its blocks were played in turns with. Absent: it was played by itself. */
  readonly inTurnsWith?: string;
  /** What a run for hours was told. Absent: it was none. */
  readonly soak?: SoakRecord;
  /** Boards of a merged run that were in quarantine and are not judged in it. Absent: none. */
  readonly quarantined?: readonly {
    readonly board: string;
    /** One sentence without its subject. */
    readonly reason: string;
    /** ISO 8601 with zone. */
    readonly since: string;
    /** The run that it was found in. Absent: it had none. */
    readonly runId?: string;
  }[];
  /** Absent while the run is going on; `aborted` is set by the reader when the writer never finished. */
  readonly outcome?: Outcome;
  readonly exitCode?: number;
  readonly why?: string;
}

/** A soak, and what of its evidence was let go. */
export interface SoakRecord extends SoakPlan {
  /** Absent: everything is there. */
  readonly letGo?: LetGo;
}

/** What a run for hours has not kept, so that it ends before its disk does. Every turn has its measurement, whatever is here. */
export interface LetGo {
  /** In words. */
  readonly rule: string;
  /** Good turns of which sound, console lines and events were not kept. */
  readonly turns: number;
  /** Bytes of sound that were removed. */
  readonly soundBytes: number;
  /** Bytes of console logs that were removed. */
  readonly consoleBytes: number;
}

/** A played run in one that it was merged into: what is its own there. */
export interface RunSource extends Pick<
  RunRecord,
  | 'runId'
  | 'earshotVersion'
  | 'startedAt'
  | 'startedAtHostMs'
  | 'endedAtHostMs'
  | 'bench'
  | 'rig'
  | 'outcome'
  | 'why'
> {
  /** What was added to its host times to have them on the clock of the first run; 0: one machine played both. */
  readonly hostOffsetMs: number;
  /** What its boards talked to. Absent in runs that older versions merged: that of the merged run. */
  readonly provider?: RunRecord['provider'];
  /** Names in the merged run. */
  readonly boards: readonly string[];
  readonly turns: number;
  /** Which pair of blocks it was one block of. Absent: it was played in no turns with another image. */
  readonly pair?: number;
  /** It was broken off: what is here was recorded until then. */
  readonly aborted: boolean;
}

/** One test of the suites as it ended: what JUnit shows. Never read for the verdict. */
export interface TestRecord {
  readonly schema: 'earshot/test@1';
  readonly file: string;
  /** `describe` names, then the test's own. */
  readonly name: readonly string[];
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
  readonly skipReason?: string;
  readonly failures: readonly string[];
  readonly turnIds: readonly string[];
  /** Of a merged run: board and bench, `korvo-1 on lab-2`. Absent: those of the run. */
  readonly ranOn?: string;
}
