import { isDeepStrictEqual } from 'node:util';

import type { BoardEvent, TurnRecord } from '../ports';
import { contradictions, isEffect, type EffectEvent } from './effects';
import { eventsOf } from './provider-marks';
import type { CallObservation } from './turn-measurement';

type Executed = Extract<BoardEvent, { readonly type: 'function-call' }>;

/** A call seen from both ends, with the events that show its effects. */
export interface MatchedCall {
  readonly observation: CallObservation;
  readonly effects: readonly EffectEvent[];
  /** What the firmware complained of while it executed the call. */
  readonly complaints: readonly string[];
}

/** Device.md 9.4: what a firmware says that could not read the arguments of a call. */
const OF_ARGUMENTS =
  /Missing required attribute|Unhandled attribute type or invalid value|Error parsing arguments|Invalid JSON format/;

interface Open {
  readonly name: string;
  readonly asked: CallObservation['asked'];
  readonly executed: Executed[];
  /** Executions of what had been executed before by the firmware's own doing; they count as effects only. */
  readonly repeated: Executed[];
}

/**
 * The asked call that an executed one answers: by call id; without one, of the same name with the same arguments, then of
 * the same name and not yet executed, then of the same name (a repetition).
 */
function answered(calls: readonly Open[], { name, callId, arguments: given }: Executed): Open | undefined {
  const asked = calls.filter((call) => call.asked !== undefined);
  if (callId !== undefined) return asked.find((call) => call.asked?.callId === callId);
  const named = asked.filter((call) => call.name === name);
  const free = named.filter((call) => call.executed.length === 0);
  return free.find((call) => isDeepStrictEqual(call.asked?.arguments, given)) ?? free[0] ?? named.at(-1);
}

type Shown = { readonly effects: EffectEvent[]; readonly complaints: string[] };

/** Effects and complaints belong to the latest function call printed before them. */
function shownBy(record: TurnRecord): ReadonlyMap<Executed, Shown> {
  const shown = new Map<Executed, Shown>();
  let latest: Executed | undefined;
  for (const event of record.boardEvents) {
    if (event.type === 'function-call') {
      latest = event;
      shown.set(event, { effects: [], complaints: [] });
    } else if (latest !== undefined && isEffect(event)) shown.get(latest)?.effects.push(event);
    else if (latest !== undefined && event.type === 'complaint' && OF_ARGUMENTS.test(event.text))
      shown.get(latest)?.complaints.push(event.text);
  }
  return shown;
}

/** Every call of the turn: those that the provider asked for in its order, then those that nobody asked for. */
export function matchCalls(record: TurnRecord): readonly MatchedCall[] {
  const calls: Open[] = eventsOf(record.providerEvents, 'tool-call').map(
    ({ name, callId, arguments: given, hostAtMs }) => ({
      name,
      asked: { callId, arguments: given, hostAtMs },
      executed: [],
      repeated: [],
    }),
  );
  for (const event of record.boardEvents) {
    if (event.type !== 'function-call') continue;
    if (event.repeated === true) {
      const first = calls.find((call) => call.executed.some(({ callId }) => callId === event.callId));
      first?.repeated.push(event);
      continue;
    }
    const call = answered(calls, event);
    if (call === undefined)
      calls.push({ name: event.name, asked: undefined, executed: [event], repeated: [] });
    else call.executed.push(event);
  }
  const shown = shownBy(record);
  const textOf = new Map(record.consoleLines.map(({ index, text }) => [index, text]));
  return calls.map(({ name, asked, executed, repeated }) => {
    const printed = [...executed, ...repeated].flatMap((event) => shown.get(event) ?? []);
    const effects = printed.flatMap((one) => one.effects);
    return {
      effects,
      complaints: printed.flatMap((one) => one.complaints),
      observation: {
        name,
        asked,
        executed: executed.map(({ callId, arguments: given, hostAtMs }) => ({
          ...(callId === undefined ? {} : { callId }),
          ...(given === undefined ? {} : { arguments: given }),
          hostAtMs,
        })),
        effects: effects.flatMap(({ lineIndex }) => textOf.get(lineIndex) ?? []),
        contradicting: (asked === undefined ? [] : contradictions(effects, asked.arguments)).flatMap(
          ({ lineIndex }) => textOf.get(lineIndex) ?? [],
        ),
      },
    };
  });
}
