import { createHash } from 'node:crypto';
import type { SourceFrame } from '../elf';

/** What makes two crashes the same one, so that reports can group them. */
export interface CrashSignature {
  /** Twelve hex digits of a SHA-256 over `text`. */
  readonly id: string;
  /** `StoreProhibited in write_reply < play_task`, the innermost function first. */
  readonly text: string;
  /** Functions stay the same from build to build; addresses do only within one build, whose ELF they name. */
  readonly basis: 'functions' | 'addresses';
}

/** How deep two crashes have to agree: deep enough to tell callers apart, not so deep that every task has its own. */
const FRAMES = 4;
const ID_DIGITS = 12;

/** What the panic itself calls: it tops the backtrace of every abort, and says nothing about this one. */
const ofPanic: ReadonlySet<string> = new Set([
  'panic_abort',
  'esp_system_abort',
  'abort',
  '__assert',
  '__assert_func',
  '__stack_chk_fail',
  '_esp_error_check_failed',
  'esp_error_check_failed_print',
  'vApplicationStackOverflowHook',
  'panic_handler',
  'panicHandler',
  'xt_unhandled_exception',
  'task_wdt_isr',
  'task_wdt_timeout_handling',
  'task_wdt_timeout_abort',
  'multi_heap_assert',
  'terminate',
  'std::terminate',
  '__cxxabiv1::__terminate',
]);

/**
 * A signature by functions where at least one frame has a name, else by addresses.
 * @param frames - Of the core that crashed, the innermost first, with what was inlined: a function that one build inlines
 *   and another does not counts the same.
 * @param pcs - The same frames as printed, `0x…`.
 */
export function crashSignature(
  reason: string,
  frames: readonly SourceFrame[],
  pcs: readonly string[],
  elfSha256Prefix?: string,
): CrashSignature {
  const names = frames.map((frame) => frame.function).filter((name) => name !== undefined);
  const plain = names.map(plainFunctionName).filter((name) => !ofPanic.has(name));
  // An abort inside the handler's own functions has nothing else to go by.
  const chosen = (plain.length > 0 ? plain : names.map(plainFunctionName)).slice(0, FRAMES);
  const what = plainReason(reason);
  if (chosen.length > 0) return signature('functions', `${what} in ${chosen.join(' < ')}`);
  const places = pcs.length > 0 ? ` at ${pcs.slice(0, FRAMES).join(' < ')}` : '';
  const build = elfSha256Prefix === undefined ? '' : ` of ELF ${elfSha256Prefix}`;
  return signature('addresses', `${what}${places}${build}`);
}

const signature = (basis: CrashSignature['basis'], text: string): CrashSignature => ({
  id: createHash('sha256').update(text).digest('hex').slice(0, ID_DIGITS),
  text,
  basis,
});

/** Without what changes from build to build: the types that C++ functions take, and the marks of cloned functions. */
const plainFunctionName = (name: string): string =>
  name
    .replace(/(?<=.)\(.*$/, (types) => (types.startsWith('(anonymous') ? types : ''))
    .replace(/(?:\.(?:isra|constprop|part|cold|lto_priv)(?:\.\d+)?)+$/, '');

/** Without line numbers, addresses and the number of the core. */
const plainReason = (reason: string): string =>
  reason
    .replace(/:\d+(?= \()/, '')
    .replace(/0x[0-9a-f]+/gi, '0x…')
    .replace(/\bCPU\s?\d\b/, 'CPU');
