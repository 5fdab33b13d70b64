import { writeWav } from '../audio';
import type { SoundBench, VirtualFault } from '../bench';
import { ConfigError } from '../errors';
import { diagnoseTurn, wasCutShort, type TurnMeasurement } from '../measurement';
import type { Clock, Finding, PromptConditions, TurnRecord } from '../ports';
import type { RunStore } from '../run';
import { derivedSeed } from '../units';
import {
  advertisedIn,
  playTurn,
  type SpeakerWatch,
  type TurnBench,
  type TurnPlan,
  type TurnTiming,
} from '../turn';
import { excused } from './deviations';
import { breakWhatIsDue } from './due-faults';
import { expectationOf } from './expectation';
import type { BenchHealth } from './bench-health';
import type { FindingLog } from './finding-log';
import { MeasuredAhead } from './measured-ahead';
import { promptSound } from './prompt-sound';
import type { TurnResult, TurnWishes } from './rpc/protocol';
import type { SessionKeeper } from './session-keeper';
import type { SoundWorkshop } from './sound-workshop';
import type { TakeLedger } from './take-ledger';
import type { TurnKeeping } from './turn-keeping';
import { withTriage } from './triaged-turn';

/** No reply is longer than the player's memory holds, and a test that waits longer waits for something else. */
const LATEST_INTERRUPTION_MS = 30_000;

type PromptToPlay = Pick<TurnPlan, 'prompt' | 'promptSound' | 'leadSamples' | 'conditions'>;

/** Noise and rooms of a turn are the same in every run. */
const CONDITIONS_SEED = 1;

const withoutNoise = ({ gainDb, rt60Ms }: PromptConditions): PromptConditions => ({
  ...(gainDb === undefined ? {} : { gainDb }),
  ...(rt60Ms === undefined ? {} : { rt60Ms }),
});

/** What a survey may be told of: the rig, and what broke. That the board did not hear a whisper is what it was to find out. */
const standsInSurvey = ({ code }: Pick<Finding, 'code'>, { faults }: TurnRecord): boolean =>
  code.startsWith('HIL_RIG_') ||
  code === 'HIL_TURN_BENCH_STALLED' ||
  faults.some((fault) => fault.code === code);

function checkWishes({ interruption, crashAfterMs }: TurnWishes): void {
  checkDue('A reply is to be interrupted', interruption?.afterMs);
  checkDue('The board is to crash', crashAfterMs);
  if (interruption === undefined || crashAfterMs === undefined) return;
  throw new ConfigError('HIL_CONFIG_USAGE', 'A turn is either interrupted or has a crash, not both.');
}

function checkDue(what: string, afterMs: number | undefined): void {
  if (afterMs === undefined || (afterMs >= 0 && afterMs <= LATEST_INTERRUPTION_MS)) return;
  throw new ConfigError(
    'HIL_CONFIG_USAGE',
    `${what} after ${afterMs} ms; 0 to ${LATEST_INTERRUPTION_MS} ms can be waited for.`,
    { afterMs },
  );
}

/** Plays turns one after the other, has them measured and diagnosed, and stores them. */
export class TurnTaker {
  private count = 0;
  private busy = false;

  constructor(
    private readonly bench: SoundBench,
    private readonly turnBench: TurnBench,
    private readonly watch: SpeakerWatch,
    private readonly timing: TurnTiming,
    private readonly keeper: SessionKeeper,
    private readonly workshop: SoundWorkshop,
    private readonly keeping: TurnKeeping,
    private readonly findings: FindingLog,
    private readonly health: BenchHealth,
    private readonly faults: readonly VirtualFault[],
    /** Of this run. */
    private readonly takes: TakeLedger,
  ) {}

  /** False when the latest take was spoilt by the rig. */
  get isRigShown(): boolean {
    return this.takes.isRigShown;
  }

  /**
   * One turn with this prompt, and with a second one that interrupts its reply. A take that the rig spoilt is stored and
   * repeated.
   * @param wishes - What else is to happen in this turn, and in no other.
   * @throws HilError of the part that broke before the prompt was played; `HIL_CORPUS_UNKNOWN_CLIP` for a prompt that nobody
   * recorded; `HIL_RIG_TAKES` once the rig has spoilt too many takes of the run; `HIL_CONFIG_USAGE` for a second turn at a time, for an interruption or a crash outside 0 to 30 000 ms, and for both in one turn.
   */
  async take(promptId: string, wishes: TurnWishes = {}): Promise<TurnResult> {
    checkWishes(wishes);
    if (this.busy)
      throw new ConfigError('HIL_CONFIG_USAGE', 'A turn is going on; a board takes one at a time.');
    this.busy = true;
    try {
      for (let takes = 1; ; takes += 1) {
        this.takes.assertHopeful();
        const { record, measurement } = await this.playAndMeasure(promptId, wishes);
        this.findings.ordered.networkIn(record.turnId, record.network);
        const found = diagnoseTurn(record, measurement).map((finding) =>
          excused(this.findings.ordered.attributed(finding), record.providerEvents),
        );
        // What broke is no bad take: it is reported as what it is. So is a session that the provider took away, which needs no sound.
        const broke = record.faults.length > 0 || wasCutShort(record);
        const spoiltBy = broke ? [] : (measurement.take?.spoiltBy ?? []);
        this.takes.add(spoiltBy);
        const isGood = found.length === 0 && record.faults.length === 0 && spoiltBy.length === 0;
        const isKept = await this.keeping.append({ record, measurement }, isGood);
        if (spoiltBy.length > 0 && this.takes.bears(takes)) {
          // One that came to no end may have left a response behind that never ends.
          if (record.ending === 'deadline') this.keeper.spoil();
          continue;
        }
        if (found.length > 0 && uplinkStopped(record)) this.keeper.spoil();
        for (const finding of found)
          if (wishes.survey !== true || standsInSurvey(finding, record)) this.findings.record(finding);
        return { record, measurement, findings: found, ...(isKept ? {} : { letGo: true }) };
      }
    } finally {
      this.busy = false;
    }
  }

  private async playAndMeasure(
    promptId: string,
    { interruption, crashAfterMs, network, conditions = {}, survey }: TurnWishes,
  ): Promise<{ record: TurnRecord; measurement: TurnMeasurement }> {
    const first = await this.promptToPlay(promptId, conditions);
    const second = interruption && {
      // Into a reply nobody speaks behind seconds of noise: what the first prompt had is over.
      ...(await this.promptToPlay(interruption.promptId, withoutNoise(conditions))),
      afterMs: interruption.afterMs,
    };
    const { crashes } = this.bench;
    const ahead = new MeasuredAhead(this.workshop);
    const wishes = { crashAfterMs, network, survey };
    const record = await withTriage(
      crashes,
      await this.health.attend(() => this.play(first, second, wishes, (draft) => ahead.begin(draft))),
    );
    if (record.faults.length > 0 || record.orderedCrash?.crash !== undefined) this.keeper.spoil();
    return { record, measurement: await ahead.measure(record) };
  }

  private async promptToPlay(promptId: string, conditions: PromptConditions): Promise<PromptToPlay> {
    const prompt = this.bench.corpus.prompts.get(promptId);
    if (prompt === undefined) {
      throw new ConfigError('HIL_CORPUS_UNKNOWN_CLIP', `The corpus has no prompt "${promptId}".`, {
        promptId,
      });
    }
    const {
      sound,
      leadSamples,
      conditions: played,
    } = await promptSound(this.workshop, prompt, {
      rateHz: this.bench.rig.rateHz,
      playbackGainDb: this.timing.playbackGainDb,
      conditions,
      seed: derivedSeed(CONDITIONS_SEED, `${turnIdOf(this.count + 1)} ${promptId}`),
    });
    return {
      prompt,
      promptSound: sound,
      leadSamples,
      ...(played === undefined ? {} : { conditions: played }),
    };
  }

  private async play(
    first: PromptToPlay,
    interruption: (PromptToPlay & { readonly afterMs: number }) | undefined,
    { crashAfterMs, network, survey }: Pick<TurnWishes, 'crashAfterMs' | 'network' | 'survey'>,
    onDraft: (draft: TurnRecord) => void,
  ): Promise<TurnRecord> {
    const { corpus, scenario, board, provider } = this.bench;
    await this.keeper.ensure();
    // Only now is it known what the session offers.
    const advertised = advertisedIn(provider.events.slice(this.keeper.sessionSeq), board.events);
    const { capabilities } = board.dialect;
    const expecting = <Prompt extends PromptToPlay>(of: Prompt) => ({
      ...of,
      expected: expectationOf(scenario, of.prompt, { capabilities, advertised }),
    });
    this.count += 1;
    const turnId = turnIdOf(this.count);
    const { utterance } = first.prompt;
    this.findings.ordered.orderIn(
      turnId,
      scenario.turns.find(({ heard }) => heard.includes(utterance))?.fault,
    );
    return playTurn(this.turnBench, this.watch, this.timing, {
      turnId,
      session: this.keeper.session,
      turnInSession: this.keeper.countTurn(),
      ...expecting(first),
      ...(interruption === undefined ? {} : { interruption: expecting(interruption) }),
      ...(crashAfterMs === undefined ? {} : { crashAfterMs }),
      ...(network === undefined ? {} : { network }),
      ...(survey === undefined ? {} : { survey }),
      replies: corpus.replies,
      sessionSeq: this.keeper.sessionSeq,
      onPlaying: () => breakWhatIsDue(this.count, this.faults, this.bench, this.findings),
      onDraft,
    });
  }
}

/** A board that has sent nothing for so long by the end of its turn hangs, or is stuck in its session. */
const LONGEST_PAUSE_MS = 1_500;

/** The board stopped sending what it hears: whatever it is, the next turn needs a new session. */
const uplinkStopped = ({ received, unwatched, endedAtHostMs }: TurnRecord): boolean =>
  unwatched !== true && endedAtHostMs - (received?.packets.at(-1)?.hostAtMs ?? -Infinity) > LONGEST_PAUSE_MS;

/** `t0001` for the first turn. */
export const turnIdOf = (count: number): string => `t${String(count).padStart(4, '0')}`;

/** What a turn is played on, its captures going into the run folder. */
export function turnBenchOf(bench: SoundBench, store: RunStore, clock: Clock): TurnBench {
  const folder = `${store.boardFolder(bench.board.name)}/captures`;
  return {
    board: bench.board,
    rig: bench.rig,
    provider: bench.provider,
    clock,
    saveCapture: (turnId, clip) => {
      const path = `${folder}/${turnId}.wav`;
      store.saveBytes(path, writeWav(clip));
      return path;
    },
    receivedPath: (turnId) => {
      const relative = `${folder}/${turnId}-provider.wav`;
      return { absolute: store.pathOf(relative), relative };
    },
    replyPath: (turnId, index) => {
      const relative = `${folder}/${turnId}-reply-${index + 1}.wav`;
      return { absolute: store.pathOf(relative), relative };
    },
  };
}
