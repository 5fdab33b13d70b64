import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { toWireError } from '../../errors';
import type { OpenHost } from '../../host/run-host';
import { delay, systemClock } from '../../ports';
import { readRun, type FinishedRun, type FinishedTurn } from '../../run';
import { judgeRun } from '../../verdict';
import type { BenchName } from './benches';
import type { Act, Cause, Evidence, FaultRow, Recovery } from './fault-row';
import type { RowSeen } from './judge-row';
import { standStill } from './stand-still';

type OpenBenchCause = Extract<Cause, { readonly by: 'board' | 'provider' | 'signal' }>;

/** What shows that a bench is good again: the shortest prompts with a call and an answer aloud; a question in writing. */
const goodAct: Readonly<Record<BenchName, Act>> = {
  voice: { do: 'turn', prompt: 'en-volume-up-b' },
  call: { do: 'turn', prompt: 'en-volume-up-b' },
  sdk: { do: 'turn', prompt: 'en-weather-b' },
  chat: { do: 'ask', prompt: 'en-weather-b' },
};

/** Runs rows one after the other on one open bench. */
export class OpenBenchRows {
  private known = { turns: 0, findings: 0 };

  constructor(
    private readonly host: OpenHost,
    private readonly bench: BenchName,
  ) {}

  /** Brings the fault about, does what the row says, ends the fault, and tries whether the bench is good again. */
  async run(row: FaultRow & { readonly cause: OpenBenchCause }): Promise<RowSeen> {
    const before = this.place();
    const beganAtMs = systemClock.nowMs();
    await this.cause(row.cause);
    const thrown = await this.actAll(row.cause.act);
    await this.mend(row.cause);
    const run = this.read();
    const turns = run.turns.slice(before.turns);
    const findings = run.findings.slice(before.findings);
    const endedAtMs = systemClock.nowMs();
    const verdict = judgeRun({ turns, findings, budgets: undefined, interrupted: false });
    const told = new Set(findings.map(({ turnId }) => turnId));
    const retaken = new Set(
      turns
        .filter((turn) => isRetaken(turn) && !told.has(turn.record.turnId))
        .map(({ record }) => record.turnId),
    );
    return {
      beganAtMs,
      endedAtMs,
      findings,
      turns: verdict.turns.filter(({ turnId }) => !retaken.has(turnId)).map(({ outcome }) => outcome),
      exitCode: verdict.exitCode,
      retaken: retaken.size,
      missing: this.missing(row.evidence, run, before),
      ...(thrown === undefined ? {} : { thrown }),
      next: await this.next(row.recovery),
    };
  }

  /** A good turn, which brings the bench into the state that every row begins in. */
  async next(recovery: Recovery = 'none'): Promise<NonNullable<RowSeen['next']>> {
    const from = systemClock.nowMs();
    const before = this.place();
    const thrown = await (recovery === 'session' ? this.act({ do: 'session' }) : Promise.resolve())
      .then(() => this.act(goodAct[this.bench]))
      .then(
        () => undefined,
        (cause: unknown) => toWireError(cause).message,
      );
    const { turns, findings } = this.read();
    const added = turns.slice(before.turns).filter((turn) => !isRetaken(turn));
    const found = findings.slice(before.findings);
    const answered = added.length > 0 && added.every(({ record }) => record.ending === 'answered');
    const why = [
      ...(thrown === undefined ? [] : [thrown]),
      ...found.map(({ code, message }) => `${code}: ${message}`),
      ...(answered ? [] : ['nothing was answered']),
    ][0];
    return {
      good: why === undefined,
      tookMs: systemClock.nowMs() - from,
      ...(why === undefined ? {} : { why }),
    };
  }

  /** What is in the run folder, and how much. */
  private read(): FinishedRun {
    const run = readRun(this.host.store.path);
    const { turns, findings } = run;
    this.known = { turns: turns.length, findings: findings.length };
    return run;
  }

  /** Where the run is: turns and findings come by what is done here, and have been read since. */
  private place() {
    return {
      ...this.known,
      atHostMs: systemClock.nowMs(),
      consoleBytes: statSync(this.consolePath()).size,
    };
  }

  private consolePath(): string {
    const { store, bench } = this.host;
    return store.pathOf(`${store.boardFolder(bench.board.name)}/console.log`);
  }

  private async cause(cause: OpenBenchCause): Promise<void> {
    const { parts } = this.host.bench;
    if (cause.by === 'board') await (await parts?.virtual())?.control.setFault(cause.fault, true);
    else if (cause.by === 'provider') await (await parts?.provider())?.worsen?.(cause.orders);
    else await this.strikeLater(cause);
  }

  /** Has a process stand still once what it is to strike has begun. */
  private async strikeLater({
    to,
    in: into,
    stoppedMs,
  }: OpenBenchCause & { readonly by: 'signal' }): Promise<void> {
    const { parts, provider } = this.host.bench;
    const pids = {
      'virtual-board': (await parts?.virtual())?.pid,
      'provider-child': (provider as { readonly pid?: number }).pid,
      host: process.pid,
    };
    const pid = pids[to];
    if (pid === undefined) throw new Error(`there is no ${to} on this bench`);
    const beginning = { prompt: 'speech-started', reply: 'audio-out' }[into];
    const cancel = provider.onEvent(({ type }) => {
      if (type !== beginning) return;
      cancel();
      void delay(systemClock, STRUCK_AFTER_MS).then(() => standStill(pid, stoppedMs));
    });
  }

  private async mend(cause: OpenBenchCause): Promise<void> {
    const { parts } = this.host.bench;
    if (cause.by === 'board') await (await parts?.virtual())?.control.setFault(cause.fault, false);
    else if (cause.by === 'provider') await (await parts?.provider())?.worsen?.({});
  }

  /** What was thrown and is no finding, in words. */
  private async actAll(acts: readonly Act[]): Promise<string | undefined> {
    for (const act of acts) {
      try {
        await this.act(act);
      } catch (cause) {
        if (!this.host.wasRecorded(cause)) return `threw ${toWireError(cause).message}`;
        return undefined;
      }
    }
    return undefined;
  }

  private async act(act: Act): Promise<void> {
    const { handlers, bench } = this.host;
    const clip = (utterance: string): string =>
      bench.corpus.prompts.has(utterance) ? utterance : `${utterance}-b`;
    switch (act.do) {
      case 'turn':
        await handlers.turn({
          promptId: clip(act.prompt),
          ...(act.interruptWith === undefined
            ? {}
            : { interruption: { promptId: clip(act.interruptWith), afterMs: 400 } }),
        });
        return;
      case 'ask':
        await handlers.ask({ promptId: clip(act.prompt) });
        return;
      case 'ask-at-boot':
        await handlers.ask({});
        return;
      case 'session':
        await handlers.newSession({});
        return;
      case 'reset':
        await handlers.reset({});
    }
  }

  private missing(
    { capture, received, crash, console, provider }: Evidence,
    run: FinishedRun,
    before: ReturnType<OpenBenchRows['place']>,
  ): string[] {
    const { store } = this.host;
    const turns = run.turns.slice(before.turns);
    const events = run.events.filter(({ hostAtMs = Infinity }) => hostAtMs >= before.atHostMs);
    const hasFile = (path: string | undefined): boolean =>
      path !== undefined && existsSync(join(store.path, path)) && statSync(join(store.path, path)).size > 44;
    const has: readonly (readonly [wanted: boolean, there: () => boolean, what: string])[] = [
      [capture === true, () => turns.some(({ record }) => hasFile(captureOf(record)?.path)), 'capture'],
      [received === true, () => turns.some(({ record }) => hasFile(receivedOf(record))), 'received sound'],
      [
        crash === true,
        () => events.some(({ kind, data }) => kind === 'crash' && data['signature'] !== undefined),
        'crash on record',
      ],
      [
        console !== undefined,
        () =>
          new RegExp(console ?? '').test(
            readFileSync(this.consolePath()).toString('utf8', before.consoleBytes),
          ),
        `/${console ?? ''}/ on the console`,
      ],
      [
        provider !== undefined,
        () =>
          events.some(
            ({ kind, data }) =>
              kind === 'provider' &&
              [data['type'], `${String(data['type'])} ${String(data['code'])}`].includes(provider),
          ),
        `event "${provider ?? ''}" of the provider`,
      ],
    ];
    return has.flatMap(([wanted, there, what]) => (wanted && !there() ? [what] : []));
  }
}

/** Behind the beginning of a prompt or a reply, of which each lasts longer than a second. */
const STRUCK_AFTER_MS = 200;

const captureOf = (record: FinishedTurn['record']) => (record.kind === 'text' ? undefined : record.capture);
const receivedOf = (record: FinishedTurn['record']): string | undefined =>
  record.kind === 'text' ? undefined : record.received?.path;

/** A take that the rig spoilt is stored, and was repeated, unless something was found all the same. */
const isRetaken = ({ record, measurement }: FinishedTurn): boolean =>
  record.kind !== 'text' &&
  record.faults.length === 0 &&
  ((measurement as { readonly take?: { readonly spoiltBy: readonly string[] } }).take?.spoiltBy.length ?? 0) >
    0;
