import type { AnyTurnRecord, TurnRecord } from '../ports';
import { benchLatenessMs, simulatedClock } from './bench-lateness';
import { readingLatenessMs } from './capture-clock';
import type { Diagnose, Diagnosis } from './diagnosis';
import type { Mark, TurnMeasurement } from './turn-measurement';

/** A turn in which a process of the bench stood still for longer is no witness: half of what a rig may lag by. */
const LONGEST_STALL_MS = 250;
/** The same within the time that a board takes to fall silent, in all: that is about half as long as the whole latency of a turn. */
const LONGEST_IN_STOP_MS = 100;
/** The same within a prompt: what a jitter buffer has in hand, and the shortest silence that ends an utterance is twice as long. */
const LONGEST_IN_PROMPT_MS = 100;
/** A bench that was late by less broke no reply: boards hold as much in hand against the jitter of a network. */
const BORNE_MS = 40;
/** What is lost around a gap, beside what the gap took: parts that are too short to be found by themselves. */
const AROUND_A_GAP_MS = 200;
/** What a reply has lost at least in which nothing can be found. */
const LOST_ALTOGETHER_MS = 300;

const ms = (value: number): string => `${value.toFixed(0)} ms`;

function stalled(message: string, facts: Diagnosis['facts']): Diagnosis {
  return { code: 'HIL_TURN_BENCH_STALLED', message, facts };
}

/** A mock, or a proxy, that stood still: whatever it was to hear or send then, it did not in time. */
export function stalledProvider({
  providerStalls = [],
  startedAtHostMs,
}: Pick<AnyTurnRecord, 'providerStalls' | 'startedAtHostMs'>): Diagnosis | undefined {
  const longest = providerStalls.reduce((most, { lengthMs }) => Math.max(most, lengthMs), 0);
  const stall = providerStalls.find(({ lengthMs }) => lengthMs === longest);
  if (stall === undefined || longest <= LONGEST_STALL_MS) return undefined;
  const intoTurnMs = stall.fromHostAtMs - startedAtHostMs;
  return stalled(
    `The provider's process stood still for ${ms(longest)}, ${ms(intoTurnMs)} into the turn; a turn bears ${LONGEST_STALL_MS} ms.`,
    { stalls: providerStalls },
  );
}

/** A simulated rig that was late at one end of the latency and not at the other: its sound stood still while the provider went on. */
function stalledRig(record: TurnRecord, { marks }: TurnMeasurement): Diagnosis | undefined {
  const clock = simulatedClock(record);
  if (clock === undefined) return undefined;
  const [atPrompt, atReply] = (['promptOffset', 'replyOnset'] as const).map((wanted) => {
    const mark = marks.find(({ name }) => name === wanted);
    return mark?.atRigSample === undefined
      ? undefined
      : readingLatenessMs(clock.line, clock.capture, mark.atRigSample);
  });
  if (atPrompt === undefined || atReply === undefined) return undefined;
  if (Math.abs(atReply - atPrompt) <= LONGEST_STALL_MS) return undefined;
  return stalled(
    `The simulated rig was ${ms(atPrompt)} late at the end of the prompt and ${ms(atReply)} at the reply's onset, which the latency between them is wrong by; a turn bears ${LONGEST_STALL_MS} ms.`,
    { promptLateMs: atPrompt, replyLateMs: atReply },
  );
}

/**
 * A bench that stood still again and again while the board was to fall silent, each time too shortly to be told of. Between prompt and reply
 * such a rig makes up for it, and what is too slow is held against a limit without it (`benchLateMs`): the take stays.
 */
function stalledInStop({ benchLateMs = {} }: TurnMeasurement): Diagnosis | undefined {
  const { bargeInStop = 0 } = benchLateMs;
  if (bargeInStop <= LONGEST_IN_STOP_MS) return undefined;
  return stalled(
    `The bench stood still for ${ms(bargeInStop)} in all between the interruption and the end of the reply; a turn bears ${LONGEST_IN_STOP_MS} ms there.`,
    { benchLateMs },
  );
}

/** The bench's own time: a turn in which a process of it stood still shows what that did, not what the board does. */
export const diagnoseStall: Diagnose = (record, measurement) => {
  const found = stalledProvider(record) ?? stalledRig(record, measurement) ?? stalledInStop(measurement);
  return found === undefined ? [] : [found];
};

/** How long the bench stood still from the reply's first packet on, in all. */
function lateSinceReply(record: TurnRecord, { marks }: TurnMeasurement): number {
  const { providerStalls = [] } = record;
  const sentAtMs = marks.find(({ name }) => name === 'firstAudioOut')?.hostAtMs ?? Infinity;
  const ofProvider = providerStalls
    .filter(({ fromHostAtMs, lengthMs }) => fromHostAtMs + lengthMs > sentAtMs)
    .reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  const clock = simulatedClock(record);
  const ofRig = (clock?.capture.clockPoints ?? [])
    .filter(({ hostAtMs }) => hostAtMs >= sentAtMs)
    .reduce(
      (most, { rigSample, hostAtMs }) =>
        Math.max(most, hostAtMs - (clock?.line.toHost(rigSample).hostAtMs ?? hostAtMs)),
      0,
    );
  return ofProvider + ofRig;
}

/** How much of the reply is not as it was sent, in milliseconds: as much as the bench was late explains it, and hardly more. */
function brokenMs({ reply }: TurnMeasurement): number {
  return reply.state === 'found'
    ? reply.missingMs + (reply.quality?.repeats.totalMs ?? 0)
    : LOST_ALTOGETHER_MS;
}

/**
 * A link that judges by what a provider heard: where the bench stood still while the prompt was said, a board that sends its sound by the
 * clock had a gap to send that nobody spoke.
 * @param span - Marks that the prompt lies between.
 */
export const unlessBroken =
  (link: Diagnose, [from, to]: readonly [Mark['name'], Mark['name']]): Diagnose =>
  (record, measurement) => {
    const found = link(record, measurement);
    const [first] = found;
    const clock = simulatedClock(record);
    const [fromRigSample, toRigSample] = [from, to].map(
      (wanted) => measurement.marks.find(({ name }) => name === wanted)?.atRigSample,
    );
    if (first?.code !== 'HIL_TURN_MISHEARD' || fromRigSample === undefined || toRigSample === undefined)
      return found;
    const lateMs = benchLatenessMs(record, clock?.line, fromRigSample, toRigSample);
    if (lateMs <= LONGEST_IN_PROMPT_MS) return found;
    return [
      stalled(
        `The bench stood still for ${ms(lateMs)} in all while the prompt was said, so this is not held against the board: ${first.message}`,
        { ...first.facts, lateMs, seenAs: first.code },
      ),
    ];
  };

const ofTheSound: readonly Diagnosis['code'][] = ['HIL_TURN_REPLY_INCOMPLETE', 'HIL_TURN_REPLY_STUTTERED'];

/**
 * A link that judges by how a reply sounds: where the bench was late by as much as is wrong with it, nobody knows whose doing that is. A
 * buffer runs empty when its packets come late, and a simulated board that has to catch up plays faster than they come.
 */
export const unlessLate =
  (link: Diagnose): Diagnose =>
  (record, measurement) => {
    const found = link(record, measurement);
    const [first] = found;
    if (first === undefined || !ofTheSound.includes(first.code)) return found;
    const lateMs = lateSinceReply(record, measurement);
    if (lateMs < BORNE_MS || brokenMs(measurement) > lateMs + AROUND_A_GAP_MS) return found;
    return [
      stalled(
        `The bench was ${ms(lateMs)} late while the reply was sent and played, so this is not held against the board: ${first.message}`,
        { ...first.facts, lateMs, seenAs: first.code },
      ),
    ];
  };
