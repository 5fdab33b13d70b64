import pc from 'picocolors';
import { readEnvironment } from '../config';

// Node types it as always there; outside a terminal it is undefined, which createColors would take for its own guess.
const isTerminal = ({ isTTY }: { readonly isTTY?: boolean }): boolean => isTTY ?? false;

/** Colours for what is printed to stdout, as the environment and the terminal want it. */
export const colourTable = (): ReturnType<typeof pc.createColors> => {
  const { colour } = readEnvironment();
  return pc.createColors(colour === 'always' || (colour === 'auto' && isTerminal(process.stdout)));
};
