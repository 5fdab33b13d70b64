import pc from 'picocolors';
import { boardWithRig, calibrationPathOf, openRigAlone, type Lease } from '../../bench';
import { findPort } from '../../board';
import { loadBench, readEnvironment, type BoardConfig } from '../../config';
import { systemClock, isoNow } from '../../ports';
import { calibrateRig, cardOf, storeCalibration, type RigCalibration, type RigCheckLine } from '../../rig';
import { exitCodes, type ExitCode } from '../exit-codes';
import { launchChild } from '../launch-child';
import { packageVersion } from '../package-version';
import { leasePort } from '../port-lease';
import { Progress } from '../progress';
import { onEndingSignal } from '../run-signals';

export interface CalibrateArguments {
  readonly bench: string;
  /** Name of a board. */
  readonly rig: string | undefined;
  readonly levelDbFs: number;
  readonly restarts: number;
  /** How long to wait for a board that somebody else has, such as `10min`; undefined: not at all. */
  readonly wait: string | undefined;
  readonly json: boolean;
}

const COMMAND = 'earshot calibrate';

/**
 * The board whose microphone the noise goes to, taken for as long as it lasts; undefined: it is virtual, or not plugged in, and then nobody
 * has it either.
 */
async function leaseBoard(
  board: BoardConfig,
  wait: string | undefined,
  signal: AbortSignal,
  progress: Progress,
): Promise<Lease | undefined> {
  if (board.kind === 'virtual') return undefined;
  let path: string;
  try {
    path = await findPort(board.port);
  } catch {
    return undefined;
  }
  const tell = (line: string): void => progress.line(line.trim());
  return leasePort({ path, name: board.name, command: COMMAND, wait, clock: systemClock, signal, tell });
}

/** Measures the rig of a board and keeps what was found, unless something in it has to be mended first. */
export async function calibrateCommand(args: CalibrateArguments): Promise<ExitCode> {
  const config = loadBench(args.bench);
  const board = boardWithRig(config, args.rig);
  const path = calibrationPathOf(config, board);
  const { ci, colour } = readEnvironment();
  const coloursOn = (stream: NodeJS.WriteStream): boolean =>
    colour === 'always' || (colour === 'auto' && stream.isTTY);
  // What was measured goes to stdout; what goes on, to stderr, so that a pipe gets the former alone.
  const terminal = process.stderr.isTTY && !ci;
  const progress = new Progress(
    {
      write: (text) => void process.stderr.write(text),
      columns: terminal ? process.stderr.columns : undefined,
    },
    pc.createColors(coloursOn(process.stderr)),
  );
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  const stopHearing = onEndingSignal(interrupt);

  let calibration: RigCalibration;
  let lease: Lease | undefined;
  progress.line(
    `Measuring the rig of ${board.name}: some 20 s of noise at ${args.levelDbFs} dBFS at most, and 3 s for each further opening.`,
  );
  try {
    lease = await leaseBoard(board, args.wait, stop.signal, progress);
    const { rig, measurement } = await calibrateRig({
      open: () =>
        openRigAlone(board, { launch: launchChild, clock: systemClock, holder: { command: COMMAND } }),
      restarts: args.restarts,
      levelDbFs: args.levelDbFs,
      signal: stop.signal,
      onProgress: (doing, share) =>
        progress.take({ type: 'activity', text: `${Math.floor(100 * share)} % ${doing}` }),
    });
    calibration = {
      schema: 'earshot/rig-calibration@1',
      earshotVersion: packageVersion(),
      measuredAt: isoNow(),
      rig: rig.name,
      card: cardOf(rig),
      ...measurement,
    };
  } catch (thrown) {
    // Ctrl-C ends a simulated board of a terminal too, before it has learnt to leave it to us.
    if (stop.signal.aborted) return exitCodes.interrupted;
    throw thrown;
  } finally {
    await lease?.close();
    progress.end();
    stopHearing();
  }
  const isKept = calibration.status !== 'fail';
  if (isKept) storeCalibration(path, calibration);
  process.stdout.write(
    args.json
      ? `${JSON.stringify({ schema: 'earshot/calibrate@1', ...(isKept ? { storedAs: path } : {}), calibration }, null, 2)}\n`
      : tableOf(calibration, isKept ? path : undefined, pc.createColors(coloursOn(process.stdout))),
  );
  return isKept ? exitCodes.passed : exitCodes.benchFault;
}

function tableOf(
  { rig, card, rateHz, roles, topology, lines }: RigCalibration,
  storedAs: string | undefined,
  { green, yellow, red, dim }: ReturnType<typeof pc.createColors>,
): string {
  const colourOf = { ok: green, warn: yellow, fail: red };
  const onCard = card.stableId === rig ? '' : ` on ${card.name} (${card.stableId})`;
  const row = ({ check, status, text, remedy }: RigCheckLine): readonly string[] => [
    `  ${colourOf[status](status.padEnd(4))}  ${check.padEnd(10)}  ${text}`,
    ...(remedy === undefined ? [] : [dim(`        ${' '.repeat(10)}  ${remedy}`)]),
  ];
  const head = `${rig}${onCard}: ${rateHz} Hz, ${roles.join(' + ')}, topology ${topology}`;
  const end =
    storedAs === undefined ? 'Not kept: mend what failed, then calibrate again.' : `Kept in ${storedAs}`;
  return `${[head, ...lines.flatMap(row), end].join('\n')}\n`;
}
