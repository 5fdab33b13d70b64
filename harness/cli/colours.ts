import pc from 'picocolors';
import { readEnvironment } from '../config';

// Node types it as always there; outside a terminal it is undefined, which createColors would take for its own guess.
const isTerminal = ({ isTTY }: { readonly isTTY?: boolean }): boolean => isTTY ?? false;

/**
 * Colours for what is printed, as the environment and the terminal want it.
 * @param out - Where to. Default: standard output.
 */
export const colourTable = (
  out: { readonly isTTY?: boolean } = process.stdout,
): ReturnType<typeof pc.createColors> => {
  const { colour } = readEnvironment();
  return pc.createColors(colour === 'always' || (colour === 'auto' && isTerminal(out)));
};
