import pc from 'picocolors';
import { boardWithRig, calibrationPathOf, openRigAlone } from '../../bench';
import { loadBench, readEnvironment } from '../../config';
import { systemClock } from '../../ports';
import { calibrateRig, cardOf, storeCalibration, type RigCalibration, type RigCheckLine } from '../../rig';
import { exitCodes, type ExitCode } from '../exit-codes';
import { launchChild } from '../launch-child';
import { packageVersion } from '../package-version';
import { Progress } from '../progress';

export interface CalibrateArguments {
  readonly bench: string;
  /** Name of a board. */
  readonly rig: string | undefined;
  readonly levelDbFs: number;
  readonly restarts: number;
  readonly json: boolean;
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
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);

  let calibration: RigCalibration;
  progress.line(
    `Measuring the rig of ${board.name}: some 20 s of noise at ${args.levelDbFs} dBFS at most, and 3 s for each further opening.`,
  );
  try {
    const { rig, measurement } = await calibrateRig({
      open: () => openRigAlone(board, { launch: launchChild, clock: systemClock }),
      restarts: args.restarts,
      levelDbFs: args.levelDbFs,
      signal: stop.signal,
      onProgress: (doing, share) =>
        progress.take({ type: 'activity', text: `${Math.floor(100 * share)} % ${doing}` }),
    });
    calibration = {
      schema: 'earshot/rig-calibration@1',
      earshotVersion: packageVersion(),
      measuredAt: new Date().toISOString(),
      rig: rig.name,
      card: cardOf(rig),
      ...measurement,
    };
  } catch (thrown) {
    // Ctrl-C ends a simulated board of a terminal too, before it has learnt to leave it to us.
    if (stop.signal.aborted) return exitCodes.interrupted;
    throw thrown;
  } finally {
    progress.end();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
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
