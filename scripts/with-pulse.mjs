// Runs a command beside a private PulseAudio without hardware, and takes the server down with it, whatever happens:
//
//   node scripts/with-pulse.mjs -- npx jest harness/rig/pulse
//
// One two-channel sink is the sound card: what plays into `cable_to_mic` is on its left channel, what plays into
// `cable_from_speaker` on its right one, and `earshot_rig.monitor` hears both on one clock. The command finds the server by
// PULSE_SERVER and XDG_RUNTIME_DIR, and the same devices as ALSA names by ALSA_CONFIG_PATH: `cable_to_mic`, `cable_from_speaker`,
// `earshot_rig_monitor`, `cable_to_mic_monitor`, and for both directions `earshot_rig` (plays to the mic, records the monitor).
//
// Sound that is late is lost, so as root the command goes before others (nice -10), as PulseAudio does by itself.
//
// Exits as the command does (128 + signal where one ended it), 2 when a package is missing or there is no command, 3 when the
// server does not answer.
import { spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { constants as osConstants, setPriority, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

const RATE_HZ = 48_000;
const ANSWER_WITHIN_MS = 20_000;
const TRY_EVERY_MS = 20;
const END_WITHIN_MS = 2000;
/** Of the command and all that it starts; the server takes -11, and its sinks real-time, where it may. */
const COMMAND_NICE = -10;

const [, , separator, ...command] = process.argv;
if (separator !== '--' || command.length === 0) {
  process.stderr.write('usage: node scripts/with-pulse.mjs -- COMMAND [ARGUMENTS]\n');
  process.exit(2);
}

const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
const programPath = (name) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);

for (const [name, debianPackage] of [
  ['pulseaudio', 'pulseaudio'],
  ['pactl', 'pulseaudio-utils'],
]) {
  if (programPath(name) !== undefined) continue;
  process.stderr.write(`with-pulse: there is no ${name}: install the Debian package ${debianPackage}.\n`);
  process.exit(2);
}
const hasAlsaPlugin = readdirSync('/usr/lib', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .some(({ name }) => existsSync(`/usr/lib/${name}/alsa-lib/libasound_module_pcm_pulse.so`));
if (!hasAlsaPlugin)
  process.stderr.write(
    'with-pulse: the ALSA names do not work: install the Debian package libasound2-plugins.\n',
  );

// Short, since the path of a Unix socket has 108 characters.
const folder = mkdtempSync(join(tmpdir(), 'eap-'));
chmodSync(folder, 0o700);
const log = join(folder, 'pulse.log');
const socket = join(folder, 'native');
const alsaConfig = join(folder, 'alsa.conf');
const alsaName = (name, device) =>
  `pcm.${name} {\n  type pulse\n  device "${device}"\n  handle_underrun 1\n}\n`;
writeFileSync(
  alsaConfig,
  [
    '</usr/share/alsa/alsa.conf>\n',
    alsaName('cable_to_mic', 'cable_to_mic'),
    alsaName('cable_from_speaker', 'cable_from_speaker'),
    alsaName('cable_to_mic_monitor', 'cable_to_mic.monitor'),
    alsaName('earshot_rig_monitor', 'earshot_rig.monitor'),
    'pcm.earshot_rig {\n  type asym\n  playback.pcm "cable_to_mic"\n  capture.pcm "earshot_rig_monitor"\n}\n',
  ].join(''),
);

const environment = {
  ...process.env,
  XDG_RUNTIME_DIR: folder,
  PULSE_SERVER: `unix:${socket}`,
  PULSE_RUNTIME_PATH: folder,
  PULSE_COOKIE: join(folder, 'cookie'),
  ALSA_CONFIG_PATH: alsaConfig,
};
// norewinds: a null sink with rewinds wakes up every 2 s, and loses the start of what is recorded.
const remap = (name, channel) =>
  `module-remap-sink sink_name=${name} master=earshot_rig channels=1 channel_map=mono master_channel_map=${channel} remix=no`;
const modules = [
  `module-native-protocol-unix socket=${socket} auth-anonymous=1`,
  `module-null-sink sink_name=earshot_rig rate=${RATE_HZ} channels=2 channel_map=front-left,front-right format=s16le norewinds=1`,
  remap('cable_to_mic', 'front-left'),
  remap('cable_from_speaker', 'front-right'),
];
const serverArgs = [
  '-n',
  '--daemonize=no',
  '--exit-idle-time=-1',
  '--use-pid-file=no',
  `--log-target=file:${log}`,
  ...modules.flatMap((module) => ['-L', module]),
];
// The kernel ends the server when this process is killed and can end nothing itself.
const dyingWithUs = programPath('setpriv') === undefined ? [] : ['setpriv', '--pdeathsig', 'TERM', '--'];
const [first, ...rest] = [...dyingWithUs, 'pulseaudio', ...serverArgs];
const server = spawn(first, rest, { env: environment, stdio: 'ignore' });
const serverEnd = new Promise((resolve) => {
  server.once('error', (error) => resolve(`did not start: ${error.message}`));
  server.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`));
});
let serverHasEnded = false;
void serverEnd.then(() => (serverHasEnded = true));

async function takeDown() {
  server.kill('SIGTERM');
  await Promise.race([serverEnd, pause(END_WITHIN_MS, undefined, { ref: false })]);
  if (!serverHasEnded) server.kill('SIGKILL');
  await serverEnd;
  rmSync(folder, { recursive: true, force: true });
}

/** Signals that come before there is a command to pass them on to. */
let interruptedBy;
let child;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(name, () => {
    interruptedBy = name;
    child?.kill(name);
  });
}

async function answers() {
  const deadline = performance.now() + ANSWER_WITHIN_MS;
  while (performance.now() < deadline && !serverHasEnded && interruptedBy === undefined) {
    const asked = spawnSync('pactl', ['list', 'short', 'sinks'], {
      env: environment,
      encoding: 'utf8',
      timeout: 5000,
    });
    if (asked.status === 0 && asked.stdout.includes('cable_from_speaker')) return true;
    await pause(TRY_EVERY_MS);
  }
  return false;
}

function goAhead(pid) {
  if (pid === undefined) return; // It did not start, which is told below.
  try {
    setPriority(pid, COMMAND_NICE);
  } catch {
    // For root alone: without it a busy machine loses sound sooner, and takes are repeated.
  }
}

async function run() {
  if (!(await answers())) {
    if (interruptedBy !== undefined) return 128 + osConstants.signals[interruptedBy];
    const said = existsSync(log) ? readFileSync(log, 'utf8').slice(-2000).trim() : 'nothing';
    const state = serverHasEnded ? await serverEnd : `did not answer within ${ANSWER_WITHIN_MS} ms`;
    process.stderr.write(`with-pulse: PulseAudio ${state}; it says: ${said}\n`);
    return 3;
  }
  const [program, ...args] = command;
  child = spawn(program, args, { env: environment, stdio: 'inherit' });
  goAhead(child.pid);
  if (interruptedBy !== undefined) child.kill(interruptedBy);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`with-pulse: ${program} did not start: ${error.message}\n`);
      resolve(error.code === 'ENOENT' ? 127 : 126);
    });
    child.once('exit', (code, signal) => resolve(signal === null ? code : 128 + osConstants.signals[signal]));
  });
}

try {
  process.exitCode = await run();
} finally {
  await takeDown();
}
