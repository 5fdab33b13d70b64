import type { TextTurnResult, TurnResult } from '../../host';
import type { Hop, Mark } from '../../measurement';
import type { BoardEvent, ProviderEvent } from '../../ports';
import type { Mismatch } from './judgement';
import { showCall, showRun } from './show-call';

type Listed = BoardEvent | ProviderEvent | Mark;

interface Line {
  readonly atMs: number | undefined;
  readonly who: 'rig' | 'provider' | 'board';
  readonly what: string;
  readonly event: Listed | undefined;
}

const effectTypes: ReadonlySet<BoardEvent['type']> = new Set(['light', 'colour', 'volume', 'door']);

/** Anything could be in what others print: one line, without control characters. */
const plain = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim();

const markLines: Readonly<Record<Mark['name'], readonly [Line['who'], string] | undefined>> = {
  promptOnset: ['rig', 'prompt begins'],
  promptOffset: ['rig', 'prompt ends'],
  uplinkEnd: ['provider', 'has received the end of the prompt'],
  endpoint: ['provider', 'decides that the user stopped'],
  // The board's own line says it.
  functionCall: undefined,
  firstAudioOut: ['provider', 'sends the beginning of the reply'],
  replyOnset: ['rig', 'reply begins'],
  replyOffset: ['rig', 'reply ends'],
  interruptionOnset: ['rig', 'the user speaks into the reply'],
  interruptionOffset: ['rig', 'interrupting prompt ends'],
  replySilence: ['rig', 'reply falls silent'],
};

function providerText(event: ProviderEvent): string | undefined {
  switch (event.type) {
    case 'heard':
      return `hears ${event.utterance ?? 'an unknown utterance'}`;
    case 'tool-call':
      return `asks ${showCall(event.name, event.arguments)}`;
    case 'tool-output':
      return `receives the output ${plain(event.output).slice(0, 80)}`;
    case 'error':
      return `reports ${event.code}: ${plain(event.message)}`;
    case 'deviation':
      return `deviates (${event.code}): ${plain(event.message)}`;
    case 'session-closed':
      return `session closed: ${event.closeCode} ${plain(event.reason)}`;
    case 'request':
      return `reads the question "${plain(event.prompt)}"`;
    case 'first-token':
      return `writes the first token of its ${event.kind}`;
    case 'text-out':
      return `has sent "${plain(event.text)}"`;
    case 'response-done':
      return event.status === 'completed' ? undefined : `response ${event.status}`;
    case 'session-open':
    case 'session-updated':
    case 'speech-started':
    case 'endpoint':
    case 'response-started':
    case 'audio-out':
    case 'truncated':
    case 'media':
      return undefined;
  }
}

function boardText(event: BoardEvent, printed: ReadonlyMap<number, string>): string | undefined {
  switch (event.type) {
    case 'function-call':
      return `executes ${showRun(event.name, event.arguments)}${event.repeated === true ? ' again' : ''}`;
    case 'transcript':
      return `prints the transcript "${plain(event.text)}"`;
    case 'user-transcript':
      return `prints that the user said "${plain(event.text)}"`;
    case 'complaint':
      return `complains: ${plain(event.text)}`;
    case 'asking':
      return `asks "${plain(event.text)}"`;
    case 'request-sent':
      return 'has sent its request';
    case 'first-text':
      return 'receives the first text';
    case 'answer':
      return `${event.complete ? 'has printed' : 'broke off after'} "${plain(event.text)}"`;
    case 'request-failed':
      return `reports a failure: ${plain([event.status, event.code, event.message].join(' '))}`;
    case 'clock-set':
      return 'sets its clock';
    case 'clock-unset':
      return `goes on without the time${event.reason === undefined ? '' : `: ${plain(event.reason)}`}`;
    case 'tls-refused':
      return `refuses the certificate: ${plain(event.reason)}`;
    case 'fault':
      return `${event.error.code}: ${plain(event.error.message)}`;
    case 'boot':
      return `boots: ${event.resetCause}`;
    case 'session-ended':
      return `session ended: ${plain(event.reason)}`;
    case 'network-lost':
      return `lost its network: ${plain(event.reason)}`;
    case 'media-lost':
      return `reports no sound packets for ${event.silentMs} ms`;
    case 'connection-state':
      return event.state === undefined ? `is in connection state ${event.number}` : `is ${event.state}`;
    case 'light':
    case 'colour':
    case 'volume':
    case 'door':
      return plain(printed.get(event.lineIndex) ?? `shows ${event.type}`);
    case 'marker':
      return `marks ${event.marker}`;
    case 'markers-lost':
      return `printed ${event.count} markers that did not arrive`;
    case 'reader-failed':
      return `${event.error.code}: ${plain(event.error.message)}`;
    case 'console-gap':
      return `is back after ${Math.round(event.hostAtMs - event.awaySinceHostMs)} ms without its port: ${plain(event.reason)}`;
    case 'reset-step':
      return `reset step ${plain(event.step)}: ${event.outcome}`;
    case 'boot-ended':
    case 'heap':
    case 'tasks':
    case 'milestone':
    case 'firmware':
    case 'generation':
    case 'session-ready':
    case 'tools-declared':
    case 'media':
      return undefined;
  }
}

const took = ({ ms, uncertaintyMs }: Hop, since: string): string =>
  `  (${ms.toFixed(1)} ±${uncertaintyMs.toFixed(1)} ms after ${since})`;

/** What the hops of the turn's calls say about the events at their ends. */
function hopNotes({ record, measurement }: TurnResult): ReadonlyMap<Listed, string> {
  const notes = new Map<Listed, string>();
  for (const { name, asked, executed, effects, hops } of measurement.calls) {
    const run = record.boardEvents.findIndex(
      (event) =>
        event.type === 'function-call' && event.name === name && event.hostAtMs === executed[0]?.hostAtMs,
    );
    const ran = record.boardEvents[run];
    if (ran !== undefined && hops?.askedToExecuted) notes.set(ran, took(hops.askedToExecuted, 'asked'));
    const effect = record.boardEvents.slice(run + 1).find(({ type }) => effectTypes.has(type));
    if (ran !== undefined && effects.length > 0 && effect && hops?.executedToEffect) {
      notes.set(effect, took(hops.executedToEffect, 'executed'));
    }
    const output = record.providerEvents.find(
      (event) => event.type === 'tool-output' && event.callId === asked?.callId,
    );
    if (output && hops?.askedToOutput) notes.set(output, took(hops.askedToOutput, 'asked'));
  }
  return notes;
}

const isMissing = (mismatch: Mismatch): mismatch is Extract<Mismatch, { readonly missing: string }> =>
  'missing' in mismatch;

/** The marks of a spoken turn that no event says. */
const marksOf = (turn: TurnResult | TextTurnResult): readonly Mark[] =>
  isWritten(turn) ? [] : turn.measurement.marks;

/** The event lines of all sides in order of time; those in `needed` also when they are of no kind that is listed. */
function linesOf(turn: TurnResult | TextTurnResult, needed: ReadonlySet<Listed>): Line[] {
  const { record } = turn;
  const printed = new Map(record.consoleLines.map(({ index, text }) => [index, text]));
  const marks = marksOf(turn).flatMap((mark): Line[] => {
    const [who, what] = markLines[mark.name] ?? [];
    return who === undefined || what === undefined ? [] : [{ atMs: mark.hostAtMs, who, what, event: mark }];
  });
  const of = (who: Line['who'], event: BoardEvent | ProviderEvent, text: string | undefined): Line[] => {
    const what = text ?? (needed.has(event) ? event.type : undefined);
    return what === undefined ? [] : [{ atMs: event.hostAtMs, who, what, event }];
  };
  return [
    ...marks,
    ...record.providerEvents.flatMap((event) => of('provider', event, providerText(event))),
    ...record.boardEvents.flatMap((event) => of('board', event, boardText(event, printed))),
  ].sort((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0));
}

const isWritten = (turn: TurnResult | TextTurnResult): turn is TextTurnResult => turn.record.kind === 'text';

/** What the times of a list are relative to. */
function zeroOf(turn: TurnResult | TextTurnResult): { readonly title: string; readonly zeroMs: number } {
  const { record } = turn;
  if (isWritten(turn)) {
    const typedAtMs = turn.record.askedAtHostMs;
    const title = typedAtMs === undefined ? 'ms after the reset' : 'ms after the question';
    return { title, zeroMs: typedAtMs ?? record.startedAtHostMs };
  }
  const offset = turn.measurement.marks.find(({ name }) => name === 'promptOffset');
  if (offset === undefined) return { title: 'ms after the turn began', zeroMs: record.startedAtHostMs };
  return { title: 'ms after the prompt ended', zeroMs: offset.hostAtMs };
}

/**
 * The turn as every side saw it, one event a line, with `✗` where expectation and reality part. Times are milliseconds after the
 * prompt's last speech sample, after the question was typed, or after the beginning of the turn; the first line says which.
 */
export function eventList(turn: TurnResult | TextTurnResult, mismatches: readonly Mismatch[] = []): string {
  const { title, zeroMs } = zeroOf(turn);
  const notes = new Map(
    mismatches.flatMap((mismatch) => (isMissing(mismatch) ? [] : [[mismatch.event, mismatch.note] as const])),
  );
  const hops = isWritten(turn) ? new Map<Listed, string>() : hopNotes(turn);
  const lines = linesOf(turn, new Set(notes.keys()));
  for (const mismatch of mismatches.filter(isMissing)) {
    const at = lines.findIndex(({ event }) => event !== undefined && event === mismatch.after);
    const line: Line = {
      atMs: undefined,
      who: mismatch.who ?? 'board',
      what: `missing: ${mismatch.missing}`,
      event: undefined,
    };
    lines.splice(at < 0 ? lines.length : at + 1, 0, line);
  }
  const rows = lines.map(({ atMs, who, what, event }) => {
    const wrong = event === undefined || notes.has(event);
    const after = atMs === undefined ? '' : Math.round(atMs - zeroMs).toString();
    const why = (event && notes.get(event)) ?? '';
    const hop = (event && hops.get(event)) ?? '';
    return `${wrong ? '✗' : ' '} ${after.padStart(7)}  ${who.padEnd(8)}  ${what}${hop}${why === '' ? '' : `  ← ${why}`}`;
  });
  return [`  ${title}`, ...rows].join('\n');
}
