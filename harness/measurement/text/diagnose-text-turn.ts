import type { Finding, TextTurnRecord } from '../../ports';
import { diagnoseGap } from '../diagnose-gap';
import { diagnoseNetwork } from '../diagnose-network';
import { stalledProvider } from '../diagnose-stall';
import { diagnoseRestart } from '../diagnose-restart';
import { firstBrokenLink, recordedFaults, type Link } from '../diagnosis';
import { diagnoseAnswer } from './diagnose-answer';
import { diagnoseClock } from './diagnose-clock';
import { diagnoseRequest } from './diagnose-request';
import { exchangeOf, type Exchange } from './exchange';

type TextLink = Link<TextTurnRecord, Exchange>;

/** A boot that nobody asked for. A board that asks by itself is asked by its first one. */
const restart: TextLink = (record) => {
  const asked = record.prompt === undefined ? 1 : 0;
  const boots = record.boardEvents.filter(({ type }) => type === 'boot').slice(asked);
  const ends = record.boardEvents.filter(({ type }) => type === 'boot-ended');
  return diagnoseRestart({ boardName: record.boardName, boardEvents: [...boots, ...ends] });
};

/** A port that went away, other than by the reset that a board is asked by. */
const gap: TextLink = (record) => {
  const { boardName, boardEvents } = record;
  const started = boardEvents.findIndex((event) => event.type === 'milestone' && event.milestone === 'app');
  const isAtBoot = record.prompt === undefined && started >= 0;
  return diagnoseGap({ boardName, boardEvents: isAtBoot ? boardEvents.slice(started) : boardEvents });
};

/**
 * A provider's process that stood still while the question was on its way or the answer was: who waited then, waited for the bench. What it
 * did once its answer had left spoils nothing.
 */
const stall: TextLink = (record, { sent, done }) => {
  const untilMs = (sent ?? done)?.hostAtMs ?? record.endedAtHostMs;
  const providerStalls = record.providerStalls?.filter(({ fromHostAtMs }) => fromHostAtMs < untilMs) ?? [];
  const found = stalledProvider({ ...record, providerStalls });
  return found === undefined ? [] : [found];
};

/** In the order of the question's way: the first link that broke is the cause, and what follows from it is not reported. */
const chain: readonly TextLink[] = [
  recordedFaults,
  restart,
  gap,
  diagnoseNetwork,
  stall,
  diagnoseClock,
  diagnoseRequest,
  diagnoseAnswer,
];

/**
 * What went wrong in a turn in writing, by the host's own judgement. Precedence: faults of the record; a restart; a port that was away; a network that the board lost; a bench that stood still; a wrong date;
 * the question's way to the provider; what the provider and then the board made of it. The first link with a finding ends the
 * search. An error that the provider was told to make is no finding when the board reports it. Pure; the findings carry the end
 * of the turn as their time.
 */
export const diagnoseTextTurn = (record: TextTurnRecord): Finding[] =>
  firstBrokenLink(chain, record, exchangeOf(record));
