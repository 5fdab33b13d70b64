import type { FaultRow } from './fault-row';

/** What needs hardware, a whole run, or a file system that forgets: tried where the ports are faked, or on processes of its own. */
const testRow = (
  id: string,
  what: string,
  [file, name]: readonly [file: string, name: string],
  row: Partial<FaultRow> = {},
): FaultRow => ({
  id,
  part: 'bench',
  what,
  cause: { by: 'test', file, name },
  withinMs: 30_000,
  origin: 'bench',
  codes: [],
  turn: 'not-judged',
  exitCode: 3,
  evidence: {},
  recovery: 'tested',
  ...row,
});
const reattach = 'harness/board/serial/reattach.test.ts';
const badBench = 'harness/cli/bad-bench.e2e.ts';
const deathsOf = 'harness/cli/deaths.e2e.ts';
const interrupts = 'harness/cli/interrupts.e2e.ts';
const alsa = 'harness/rig/alsa/open-alsa-rig.test.ts';
const levels = 'harness/rig/calibration/check-levels.test.ts';
const store = 'harness/run/power-loss.test.ts';
const interrupted: Partial<FaultRow> = { origin: undefined, exitCode: 130, recovery: 'ends' };

/** Faults that a test brings about. */
export const testedRows: readonly FaultRow[] = [
  testRow(
    'port-renamed',
    'the port goes away and comes back under another name',
    [reattach, 'knows a device by its serial number, under another path and in another socket'],
    { origin: undefined, turn: 'pass', exitCode: 0 },
  ),
  testRow(
    'port-gone',
    'the port goes away and does not come back',
    [reattach, 'is lost when the device is not back in time, with what stood in the way'],
    { codes: ['HIL_BOARD_PORT_LOST'] },
  ),
  testRow('port-held', 'another program has the port', [badBench, 'a serial port that somebody else holds'], {
    codes: ['HIL_BOARD_PORT_BUSY'],
    turn: 'none',
  }),
  testRow('port-missing', 'there is no such port', [badBench, 'a serial port that is not there'], {
    codes: ['HIL_BOARD_PORT_MISSING'],
    turn: 'none',
  }),
  testRow(
    'provider-port-taken',
    'another program has the provider’s port',
    [badBench, 'a provider port that is taken'],
    {
      codes: ['HIL_PROVIDER_PORT_TAKEN'],
      turn: 'none',
    },
  ),
  testRow(
    'sound-card-gone',
    'the sound card goes away in the middle of a capture',
    [alsa, 'says what its recorder said'],
    { codes: ['HIL_RIG_CARD_LOST'] },
  ),
  testRow(
    'sound-card-stalls',
    'the sound card takes no more sound',
    [alsa, 'is lost when that has taken no sound for five seconds'],
    {
      codes: ['HIL_RIG_STALLED'],
    },
  ),
  testRow(
    'console-output-only',
    'the console prints and takes no command, as on native USB',
    [
      'harness/bench/preflight/console-probe.test.ts',
      'is output-only when it prints and takes no notice of a line',
    ],
    { codes: ['HIL_BOARD_CONSOLE_OUTPUT_ONLY'], turn: 'none' },
  ),
  testRow('rig-muted', 'the output of the rig is muted', [levels, 'an output that is muted'], {
    turn: 'none',
  }),
  testRow('rig-clipped', 'an input of the rig clips', [levels, 'an input that is turned up too far'], {
    turn: 'none',
  }),
  testRow('rig-swapped', 'the cables of the rig are swapped', [levels, 'cables that are swapped'], {
    turn: 'none',
  }),
  testRow(
    'xruns',
    'the sound card loses samples of a capture',
    [alsa, 'marks what arecord says that it lost, at the sample, and goes on'],
    {
      codes: ['HIL_RIG_XRUN'],
    },
  ),
  testRow(
    'disk-full',
    'the disk fills in the middle of a run',
    [store, 'stops at a full disk with every line whole, and says whose fault it is'],
    {
      codes: ['HIL_RUN_STORE_FAILED'],
      recovery: 'ends',
    },
  ),
  testRow(
    'disk-slow',
    'the disk takes its time to sync a turn',
    [store, 'takes whatever comes while a slow disk syncs, and acknowledges a turn when it is there'],
    { origin: undefined, turn: 'pass', exitCode: 0 },
  ),
  testRow(
    'power-lost',
    'the bench machine loses its power',
    [
      store,
      'loses no turn that was acknowledged, whenever the power goes and whatever it leaves of the unsynced',
    ],
    {
      origin: undefined,
      exitCode: 130,
      recovery: 'ends',
    },
  ),
  testRow(
    'clock-set-back',
    'the wall clock is set back during a run',
    [
      'harness/run/run-store.test.ts',
      'never writes into the folder of another run, also where the clock was set back to the second in which that began',
    ],
    {
      origin: undefined,
      turn: 'pass',
      exitCode: 0,
    },
  ),
  testRow(
    'clock-stepped',
    'NTP steps the wall clock back and forth during a run',
    [
      'harness/run/run-store.test.ts',
      'keeps runs apart, their events in order and the newest the latest, while the wall clock steps back and forth',
    ],
    { origin: undefined, turn: 'pass', exitCode: 0 },
  ),
  testRow(
    'clock-stepped-in-turn',
    'NTP steps the wall clock in the middle of a turn',
    [
      'harness/host/text-turn-taker.test.ts',
      'takes and measures turns alike while the wall clock steps an hour back and a day forth',
    ],
    { origin: undefined, turn: 'pass', exitCode: 0 },
  ),
  testRow(
    'sigterm',
    'SIGTERM of the command, as CI ends a job',
    [interrupts, 'SIGTERM of the command alone ends with 130, and every process with it'],
    interrupted,
  ),
  testRow(
    'sigint',
    'Ctrl-C in the middle of a turn',
    [interrupts, 'in the middle of a turn ends with 130, and the run is whole and reported'],
    interrupted,
  ),
  testRow(
    'sigint-opening',
    'Ctrl-C while the bench opens',
    [interrupts, 'while the bench opens ends with 130'],
    interrupted,
  ),
  testRow(
    'sigint-twice',
    'Ctrl-C twice',
    [interrupts, 'a second time ends at once, and what was recorded can be read'],
    interrupted,
  ),
  testRow(
    'command-killed',
    'SIGKILL of the command itself',
    [deathsOf, 'the command itself: every other process ends by itself, and `report` finishes the run'],
    interrupted,
  ),
  testRow('host-killed', 'SIGKILL of the host', [deathsOf, 'host: not judged, exit code 3'], {
    origin: 'harness',
    codes: ['HIL_HOST_DIED'],
    recovery: 'ends',
  }),
  testRow('jest-killed', 'SIGKILL of Jest', [deathsOf, 'Jest: not judged, exit code 3'], {
    origin: 'harness',
    codes: ['HIL_HARNESS_UNEXPECTED'],
    recovery: 'ends',
  }),
  testRow(
    'board-killed',
    'SIGKILL of a virtual board',
    [deathsOf, 'virtual board: the bench’s fault, exit code 3'],
    {
      recovery: 'ends',
    },
  ),
  testRow(
    'provider-killed',
    'SIGKILL of the provider',
    [deathsOf, 'provider: the provider’s fault, exit code 4'],
    {
      part: 'provider',
      origin: 'provider',
      codes: ['HIL_PROVIDER_DIED'],
      exitCode: 4,
      recovery: 'ends',
    },
  ),
  testRow(
    'certificate-expired',
    'the certificate of the mock or proxy has expired',
    [
      'harness/cli/doctor.e2e.ts',
      'ends a run whose bench does not prove itself before the board is asked anything: nobody is judged',
    ],
    { part: 'provider', codes: ['HIL_BENCH_PREFLIGHT'], turn: 'none', recovery: 'ends' },
  ),
];
