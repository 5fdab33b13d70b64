import type { FaultSwitches } from '../faults';

type Arguments = Readonly<Record<string, unknown>>;

/** What executing a call printed, and the `output` that goes back to the service. */
export interface Execution {
  readonly lines: readonly string[];
  readonly output: string;
  /** False where it could not be executed as asked. */
  readonly ok: boolean;
}

interface Attribute {
  readonly name: string;
  readonly required: boolean;
  /** Lines of its effect; undefined when the value has the wrong type or is out of range. */
  effect(value: unknown, wrong: boolean): readonly string[] | undefined;
}

/** What a firmware makes of the arguments that it was sent. */
export type WrongArguments = 'none' | 'value' | 'type';

export const wrongArgumentsOf = (faults: FaultSwitches): WrongArguments =>
  faults.has('wrong-type') ? 'type' : faults.has('wrong-argument') ? 'value' : 'none';

const asText = (values: Arguments): Arguments =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));

const isObject = (value: unknown): value is Arguments =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const flag = (name: string, required: boolean, on: string, off: string): Attribute => ({
  name,
  required,
  effect: (value, wrong) => (typeof value === 'boolean' ? [value !== wrong ? on : off] : undefined),
});

/** A whole number from 0 on; `wrong` gives another number of the same range. */
const level = (name: string, label: string, maximum: number): Attribute => ({
  name,
  required: true,
  effect(value, wrong) {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > maximum)
      return undefined;
    return [`${label} set to ${wrong ? (value + 37) % (maximum + 1) : value}`];
  },
});

function execute(
  attributes: readonly Attribute[],
  values: Arguments,
  wrong: boolean,
): { lines: string[]; ok: boolean } {
  const lines: string[] = [];
  let ok = true;
  for (const attribute of attributes) {
    const value = values[attribute.name];
    if (value === undefined) {
      if (!attribute.required) continue;
      ok = false;
      lines.push(`Missing required attribute: ${attribute.name}`);
      continue;
    }
    const effect = attribute.effect(value, wrong);
    ok &&= effect !== undefined;
    lines.push(...(effect ?? [`Unhandled attribute type or invalid value for: ${attribute.name}`]));
  }
  return { lines, ok };
}

const colours = [level('red', 'Red', 255), level('green', 'Green', 255), level('blue', 'Blue', 255)];

const lightColor: Attribute = {
  name: 'LightColor',
  required: false,
  effect: (value, wrong) => (isObject(value) ? execute(colours, value, wrong).lines : undefined),
};

const functions: Readonly<Record<string, readonly Attribute[] | undefined>> = {
  SetLightState: [flag('LightState', true, 'Light set to ON', 'Light set to OFF'), lightColor],
  SetVolume: [level('volume', 'Volume', 100)],
  OpenDoor: [flag('open', true, 'Door is Opened', 'Door is Closed')],
};

/**
 * Executes one call. Attributes are taken one by one: a bad one says so, and the others still take effect. A name that
 * was never declared does nothing and answers `{"ok":false}`.
 * @param wrong - The fault `wrong-argument`, `value`: other values than asked take effect. The fault `wrong-type`, `type`: the parser makes
 * text of every value.
 */
export function executeCall(name: string, argumentsJson: string, wrong: WrongArguments = 'none'): Execution {
  const attributes = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (attributes === undefined)
    return { lines: [], output: '{"ok":false,"error":"unknown function"}', ok: false };
  let values: unknown;
  try {
    values = JSON.parse(argumentsJson);
  } catch {
    values = undefined;
  }
  if (!isObject(values))
    return {
      lines: ['Error parsing arguments JSON'],
      output: '{"ok":false,"error":"arguments are not JSON"}',
      ok: false,
    };
  const { lines, ok } = execute(attributes, wrong === 'type' ? asText(values) : values, wrong === 'value');
  return { lines, ok, output: JSON.stringify(ok ? { ok } : { ok, error: 'attribute missing or invalid' }) };
}
