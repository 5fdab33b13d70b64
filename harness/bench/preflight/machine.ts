import { constants } from 'node:fs';
import { access, readdir, readFile, realpath, stat, statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, userInfo } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { listSerialPorts, lockHolder, portHolder, type SerialPortDescription } from '../../board';
import { childEnvironment, packageRoot } from '../../config';
import { systemWallClock } from '../../ports';

/** A file that stands for a device. */
export interface DeviceFile {
  /** As `ls -l` writes it, without the kind: `rw-rw----`. */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly mayReadAndWrite: boolean;
}

/** Who runs this program. */
export interface Account {
  readonly user: string;
  /** Groups that this process has. */
  readonly groups: readonly string[];
  /** Groups that the machine's own list gives the user: after `usermod` these are more, until the next login. */
  readonly listedGroups: readonly string[];
}

export interface RunningProcess {
  readonly pid: number;
  /** Undefined: it cannot be found out. */
  readonly program: string | undefined;
  /** This process or a child of it. */
  readonly isOurs: boolean;
}

export interface Space {
  /** The folder itself or, where it does not exist, the first above it that does. */
  readonly folder: string;
  readonly freeBytes: number;
  /** Files that can still be made; undefined: as many as there is room for. */
  readonly freeFiles: number | undefined;
  readonly mayWrite: boolean;
}

/** What checks ask of the machine that the bench is on; tests put another one in its place. */
export interface Machine {
  unixNowMs(): number;
  /** When this very program was built or installed: no right clock is behind that. */
  builtAtUnixMs(): Promise<number>;
  /** Whether something keeps the clock right; undefined: nothing here tells. */
  isClockKept(): Promise<boolean | undefined>;
  serialPorts(): Promise<readonly SerialPortDescription[]>;
  /** Undefined: there is no such file. */
  device(path: string): Promise<DeviceFile | undefined>;
  account(): Promise<Account>;
  /** Who has a device locked or open; undefined: nobody, or it cannot be found out. */
  holderOf(path: string): Promise<RunningProcess | undefined>;
  /** A program by its path, or by a name that is looked for where the shell looks. */
  mayRun(program: string): Promise<boolean>;
  space(folder: string): Promise<Space>;
  /** Addresses that other machines reach this one by. */
  addresses(): readonly string[];
  /** Connects by TCP and hangs up at once. @throws Error that says why it could not. */
  reach(host: string, port: number, signal: AbortSignal): Promise<void>;
}

/** The machine that this program runs on. */
export const thisMachine: Machine = {
  unixNowMs: systemWallClock,
  builtAtUnixMs: async () => (await stat(join(packageRoot(), 'package.json'))).mtimeMs,
  isClockKept,
  serialPorts: () => listSerialPorts(),
  device,
  account,
  holderOf,
  mayRun,
  space,
  addresses: () =>
    Object.values(networkInterfaces()).flatMap((all = []) =>
      all.filter(({ internal }) => !internal).map(({ address }) => address),
    ),
  reach,
};

const RIGHTS = ['r', 'w', 'x', 'r', 'w', 'x', 'r', 'w', 'x'];

/** The nine permission bits in letters. */
const lettersOf = (mode: number): string =>
  RIGHTS.map((letter, place) => (mode & (1 << (RIGHTS.length - 1 - place)) ? letter : '-')).join('');

async function device(path: string): Promise<DeviceFile | undefined> {
  const status = await stat(path).catch(() => undefined);
  if (status === undefined) return undefined;
  const mayReadAndWrite = await access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  const groups = await groupList();
  return {
    mode: lettersOf(status.mode),
    owner: (await userName(status.uid)) ?? String(status.uid),
    group: groups.find(({ id }) => id === status.gid)?.name ?? String(status.gid),
    mayReadAndWrite,
  };
}

interface Group {
  readonly name: string;
  readonly id: number;
  readonly members: readonly string[];
}

/** `/etc/group`: `dialout:x:20:ada,grace`. */
async function groupList(): Promise<readonly Group[]> {
  const text = await readFile('/etc/group', 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [name, , id, members = ''] = line.split(':');
    return name === undefined || id === undefined
      ? []
      : [{ name, id: Number(id), members: members.split(',') }];
  });
}

async function userName(uid: number): Promise<string | undefined> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .find(([, , id]) => Number(id) === uid)?.[0];
}

async function account(): Promise<Account> {
  const list = await groupList();
  const uid = process.getuid?.();
  // Node reads the user from the system's list, where containers may lack it.
  const user = uid === undefined ? userInfo().username : ((await userName(uid)) ?? String(uid));
  const own = new Set([process.getgid?.(), ...(process.getgroups?.() ?? [])]);
  return {
    user,
    groups: list.filter(({ id }) => own.has(id)).map(({ name }) => name),
    listedGroups: list.filter(({ members }) => members.includes(user)).map(({ name }) => name),
  };
}

async function holderOf(path: string): Promise<RunningProcess | undefined> {
  // Behind a pseudo-terminal there is always somebody, the board itself; whoever locks it is somebody else.
  const device = await realpath(path).catch(() => path);
  const pid = device.startsWith('/dev/pts/') ? await lockHolder(path) : await portHolder(path);
  if (pid === undefined) return undefined;
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
  return {
    pid,
    program: /^Name:\s+(.+)$/m.exec(status)?.[1],
    isOurs: pid === process.pid || parent === process.pid,
  };
}

async function mayRun(program: string): Promise<boolean> {
  const folders = (childEnvironment({})['PATH'] ?? '').split(delimiter);
  const paths = program.includes('/') ? [program] : folders.map((folder) => join(folder, program));
  for (const path of paths) {
    const isRunnable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isRunnable) return true;
  }
  return false;
}

async function space(path: string): Promise<Space> {
  const folder = await existing(resolve(path));
  const { bavail, bsize, ffree, files } = await statfs(folder);
  const mayWrite = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  return {
    folder,
    freeBytes: bavail * bsize,
    // File systems without a fixed number of files count none.
    freeFiles: files === 0 ? undefined : ffree,
    mayWrite,
  };
}

async function existing(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  const above = dirname(folder);
  return isThere || above === folder ? folder : existing(above);
}

/** systemd-timesyncd and chrony leave files behind while they keep the clock. */
async function isClockKept(): Promise<boolean | undefined> {
  const timesync = await readdir('/run/systemd/timesync').catch(() => undefined);
  if (timesync !== undefined) return timesync.includes('synchronized');
  const chrony = await readdir('/run/chrony').catch(() => undefined);
  return chrony === undefined ? undefined : true;
}

function reach(host: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const end = (error?: Error): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    const abort = (): void => end(new Error('it did not answer in time'));
    signal.addEventListener('abort', abort, { once: true });
    socket.once('connect', () => end());
    socket.once('error', end);
  });
}
