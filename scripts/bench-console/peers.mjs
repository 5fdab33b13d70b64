// pyserial and pexpect on the same terminal, where this machine has them.
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { patterns } from './lines.mjs';

const script = fileURLToPath(new URL('peers.py', import.meta.url));
const modules = { pyserial: 'serial', pexpect: 'pexpect' };

/** Python without its module cannot measure it; the message says what to install. */
export function missingPeer(peer) {
  const module = modules[peer];
  const found = spawnSync('python3', ['-c', `import ${module}`]).status === 0;
  return found ? undefined : `python3-${module} is not installed`;
}

/** Lines per second of a peer; `print` has the board print so many. */
export async function peerLinesPerS(peer, path, lines, print) {
  // Python's regular expressions read these as JavaScript's do.
  const sources = JSON.stringify(patterns.map(({ source }) => source));
  const python = spawn('python3', [script, peer, path, String(lines), sources], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { done, value } = await answers.next();
    if (done) throw new Error(`${peer} ended without an answer`);
    return JSON.parse(value);
  };
  const { version } = await answer();
  print(lines);
  const { linesPerS } = await answer();
  return { version, linesPerS };
}
