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
}

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

/** Effects belong to the latest function call printed before them. */
function effectsOf(record: TurnRecord): ReadonlyMap<Executed, readonly EffectEvent[]> {
  const effects = new Map<Executed, EffectEvent[]>();
  let latest: Executed | undefined;
  for (const event of record.boardEvents) {
    if (event.type === 'function-call') {
      latest = event;
      effects.set(event, []);
    } else if (latest !== undefined && isEffect(event)) effects.get(latest)?.push(event);
  }
  return effects;
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
  const shown = effectsOf(record);
  const textOf = new Map(record.consoleLines.map(({ index, text }) => [index, text]));
  return calls.map(({ name, asked, executed, repeated }) => {
    const effects = [...executed, ...repeated].flatMap((event) => shown.get(event) ?? []);
    return {
      effects,
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
