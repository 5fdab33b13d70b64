/** Those that strike in the middle of a reply: 300 ms into the first one after a prompt, so not into the greeting. */
const striking = [
  'panic-mid-reply',
  'abort',
  'stack-overflow',
  'heap-corruption',
  'interrupt-watchdog',
  'task-watchdog',
  'task-watchdog-warning',
  'memory-leak',
  'slow-leak',
  'silent-hang',
  'brownout',
  'wifi-drop',
] as const;
export type StrikingFault = (typeof striking)[number];

/** Every fault that can be switched on; docs/virtual-board.md says what each does. */
export const faultNames = [
  'dead-mic',
  'dead-speaker',
  'lost-call',
  'double-call',
  'wrong-argument',
  'wrong-type',
  ...striking,
  'boot-loop',
  'stuck-session',
  'no-boot',
  'stuck-download',
  'cut-reply',
  'stutter',
  'wrong-rate',
  'echo-leak',
  'no-barge-in',
  'wrong-project',
  'garbled-answer',
  'lost-answer',
  'no-sntp',
  'no-wifi',
  'loader-lost-replies',
  'loader-bad-md5',
  'loader-slow-erase',
  'loader-noise',
  'loader-bad-line',
  'loader-encrypted',
  'loader-reenumerates',
  'reenumerates',
  'garbled-console',
] as const;
export type FaultName = (typeof faultNames)[number];

export const isFaultName = (name: unknown): name is FaultName =>
  (faultNames as readonly unknown[]).includes(name);

/** The faults that are on at this moment. */
export class FaultSwitches {
  private readonly on = new Set<FaultName>();
  /** Of the firmware that boots. */
  private builtIn: FaultName | undefined;

  /** @throws RangeError that names the known faults. */
  set(name: string, on: boolean): void {
    if (!isFaultName(name))
      throw new RangeError(`fault '${name}' is unknown; there are ${faultNames.join(', ')}`);
    if (on) this.on.add(name);
    else this.on.delete(name);
  }

  has(name: FaultName): boolean {
    return this.on.has(name) || this.builtIn === name;
  }

  /** @param name - Undefined: the firmware has none of its own. */
  comesWith(name: FaultName | undefined): void {
    this.builtIn = name;
  }

  /** What strikes in the middle of the next reply; undefined: nothing does. */
  get striking(): StrikingFault | undefined {
    return striking.find((name) => this.has(name));
  }

  get names(): readonly FaultName[] {
    return faultNames.filter((name) => this.on.has(name));
  }
}
