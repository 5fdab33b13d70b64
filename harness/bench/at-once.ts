import { isDeepStrictEqual } from 'node:util';
import type { BenchConfig, BoardConfig } from '../config';
import { ConfigError } from '../errors';
import { benchOfBoard } from './bench-parts';

/** Something that one board at a time can have, in words. */
interface Held {
  readonly what: string;
  readonly remedy: string;
}

/** Everything that a board takes for itself while it is open. A port of 0 is any free one. */
function heldBy(config: BenchConfig, board: BoardConfig): readonly Held[] {
  const { provider, ntp } = benchOfBoard(config, board.name);
  const held: Held[] = [];
  const ownPort = 'give each a provider with a port of its own (boards[].provider), or port 0';
  if (provider.kind !== 'live' && provider.port !== 0)
    held.push({ what: `TCP port ${provider.port} of the provider`, remedy: ownPort });
  if (provider.kind === 'mock' && provider.tlsPort !== 0)
    held.push({ what: `TCP port ${provider.tlsPort} of the provider`, remedy: ownPort });
  if (provider.kind === 'proxy' && provider.cassettePath !== undefined)
    held.push({
      what: `the cassette ${provider.cassettePath}`,
      remedy: 'give each a provider with a cassette of its own (boards[].provider)',
    });
  if (ntp !== undefined && ntp.port !== 0)
    held.push({ what: `UDP port ${ntp.port} of the time server`, remedy: 'run them one after another' });
  if (board.kind === 'serial') {
    const port = typeof board.port === 'string' ? board.port : JSON.stringify(board.port);
    held.push({ what: `the serial port ${port}`, remedy: 'name the port of each' });
  }
  const { rig } = board;
  const ownRig = 'give each a rig of its own';
  if (rig?.kind === 'alsa')
    held.push({ what: `the sound card ${rig.card} device ${rig.device}`, remedy: ownRig });
  if (rig?.kind === 'pulse')
    held.push(
      { what: `the sink ${rig.sink}`, remedy: ownRig },
      { what: `the source ${rig.source}`, remedy: ownRig },
    );
  return held;
}

/**
 * Holds boards that are to be tested at once to having nothing that only one of them can have.
 * @throws ConfigError `HIL_CONFIG_USAGE` naming two boards, what both would take, and what to do.
 */
export function checkAtOnce(config: BenchConfig, boards: readonly BoardConfig[]): void {
  const holders = new Map<string, string>();
  for (const board of boards) {
    for (const { what, remedy } of heldBy(config, board)) {
      const other = holders.get(what);
      if (other !== undefined) {
        throw new ConfigError(
          'HIL_CONFIG_USAGE',
          `Boards ${other} and ${board.name} cannot be tested at once, both take ${what}: ${remedy}.`,
          { boards: [other, board.name], what },
        );
      }
      holders.set(what, board.name);
    }
  }
}

/** What two boards have to have alike for the results of one to stand for the other. Ports, rigs and crystals are each board's own. */
function kindOf(config: BenchConfig, board: BoardConfig): Readonly<Record<string, unknown>> {
  const { provider } = benchOfBoard(config, board.name);
  const { kind, protocol } = { protocol: undefined, ...provider };
  return {
    kind: board.kind,
    model: board.model,
    dialect: board.dialect,
    readsConsole: board.readsConsole,
    image: board.imagePath,
    provider: [kind, protocol, provider.kind === 'plugin' ? provider.name : undefined],
    rig: board.rig?.kind,
  };
}

/** In what two boards of a bench differ, by name of the key; empty: either may be tested for the other. */
export function unlikeIn(config: BenchConfig, one: BoardConfig, other: BoardConfig): readonly string[] {
  const [first, second] = [kindOf(config, one), kindOf(config, other)];
  return Object.keys(first).filter((key) => !isDeepStrictEqual(first[key], second[key]));
}
