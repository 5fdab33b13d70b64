import { createRequire } from 'node:module';

/** The part of koffi that is used here: its own types are an ES module, which TypeScript does not let CommonJS import. */
interface Koffi {
  load(path: null): { func(prototype: string): unknown };
  errno(): number;
}
const koffi = createRequire(__filename)('koffi') as Koffi;

/** Flags of <fcntl.h> on Linux. */
const O_RDWR = 0o2;
const O_NOCTTY = 0o400;
const O_NONBLOCK = 0o4000;
/** Room for `struct termios` of any Linux libc (60 bytes with glibc). */
const TERMIOS_BYTES = 256;

type Call = (...values: unknown[]) => number;

/** Both ends of a pseudo-terminal as file descriptors; the caller closes them. */
export interface PtyPair {
  /** What a host opens, such as `/dev/pts/7`. */
  readonly path: string;
  /** Non-blocking: a write that the kernel has no room for fails with EAGAIN. */
  readonly masterFd: number;
  /** Kept open so that the master does not fail with EIO while no host has the port open. */
  readonly slaveFd: number;
}

function bind(): {
  readonly call: (name: string, ...values: unknown[]) => number;
  readonly ptsname: (fd: number) => string | null;
} {
  const libc = koffi.load(null);
  const functions = new Map<string, Call>(
    [
      'int posix_openpt(int flags)',
      'int grantpt(int fd)',
      'int unlockpt(int fd)',
      'int open(const char *path, int flags)',
      'int tcgetattr(int fd, void *settings)',
      'void cfmakeraw(void *settings)',
      'int tcsetattr(int fd, int when, const void *settings)',
    ].map((prototype): [string, Call] => {
      const bound = libc.func(prototype) as Call;
      return [/(\w+)\(/.exec(prototype)?.[1] ?? '', bound];
    }),
  );
  return {
    call(name, ...values) {
      const result = functions.get(name)?.(...values) ?? 0;
      if (result < 0) throw new Error(`${name} failed with errno ${koffi.errno()}`);
      return result;
    },
    ptsname: libc.func('const char *ptsname(int fd)') as (fd: number) => string | null,
  };
}

/**
 * Opens a new pseudo-terminal that is raw from birth: a cooked one would echo what the board prints back to it as input.
 * @throws Error naming the C function that failed.
 */
export function openPty(): PtyPair {
  const { call, ptsname } = bind();
  const masterFd = call('posix_openpt', O_RDWR | O_NOCTTY | O_NONBLOCK);
  call('grantpt', masterFd);
  call('unlockpt', masterFd);
  const path = ptsname(masterFd);
  if (path === null) throw new Error('ptsname failed');
  const slaveFd = call('open', path, O_RDWR | O_NOCTTY);
  const settings = Buffer.alloc(TERMIOS_BYTES);
  call('tcgetattr', slaveFd, settings);
  call('cfmakeraw', settings);
  call('tcsetattr', slaveFd, 0, settings);
  return { path, masterFd, slaveFd };
}
