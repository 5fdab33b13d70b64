/**
 * MicroPython as a board has it, on the WebAssembly port: its REPL byte by byte, a flash file system, `boot.py` and `main.py`, soft
 * resets, Ctrl-C. The port's own calls do not return before they are done, so it has a thread of its own, which stops in Atomics.wait
 * while Python waits for the board. Three things that the port lacks are made here, after `shared/runtime/pyexec.c`:
 *  - raw-paste mode, which the port announces and then reads nothing but NULs in;
 *  - CR LF for every LF that Python prints;
 *  - the interrupt by Ctrl-C, looked for whenever Python prints or calls the board.
 */
const { Buffer } = require('node:buffer');
const { parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads');

const CTRL_A = 1;
const CTRL_B = 2;
const CTRL_C = 3;
const CTRL_D = 4;
const CTRL_E = 5;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** Half of the 256 bytes of MICROPY_REPL_STDIN_BUFFER_MAX. */
const WINDOW = 128;
/** PYEXEC_FORCED_EXIT: Ctrl-D at an empty prompt, or SystemExit. */
const FORCED_EXIT = 0x100;
const OUTPUT_PART = 512;
/** The heap of an S3 without PSRAM, about. */
const HEAP_BYTES = 256 * 1024;
const RAW_GREETING = 'raw REPL; CTRL-B to exit\r\n>';

const { input, state, replies, files, shims, hasRawPaste } = workerData;
/** Places in `state`: what the host has written so far, what was read of it, and whether a call was answered. */
const WRITTEN = 0;
const READ = 1;
const ANSWERED = 2;
const NEVER = 3;

let python;
let printed = [];
/** The last bytes printed, of which a greeting is known. */
let tail = '';
/** So many bytes that the port prints are not the board's. */
let swallow = 0;
/** `main.py` runs: outside the REPL the port sets no interrupt character. */
let isRunningFile = false;

const flush = () => {
  if (printed.length > 0) parentPort.postMessage({ type: 'output', bytes: Uint8Array.from(printed) });
  printed = [];
};

function put(byte) {
  if (swallow > 0) {
    swallow -= 1;
    return;
  }
  if (byte === LINE_FEED && !tail.endsWith('\r')) put(CARRIAGE_RETURN);
  printed.push(byte);
  tail = (tail + String.fromCharCode(byte)).slice(-RAW_GREETING.length);
  if (byte === LINE_FEED) raiseInterrupt();
  if (printed.length >= OUTPUT_PART) flush();
}

const print = (text) => {
  for (const byte of Buffer.from(text, 'latin1')) put(byte);
};

const at = (index) => input[index % input.length];

function nextByte() {
  for (;;) {
    const read = Atomics.load(state, READ);
    const written = Atomics.load(state, WRITTEN);
    if (read !== written) {
      Atomics.store(state, READ, read + 1);
      return at(read);
    }
    flush();
    Atomics.wait(state, WRITTEN, written);
  }
}

/** Takes every Ctrl-C out of what was typed meanwhile; several are one interrupt, as long as it is pending. */
function takeInterrupts() {
  const read = Atomics.load(state, READ);
  const written = Atomics.load(state, WRITTEN);
  let kept = written;
  for (let index = written - 1; index >= read; index -= 1) {
    if (at(index) === CTRL_C) continue;
    kept -= 1;
    input[kept % input.length] = at(index);
  }
  Atomics.store(state, READ, kept);
  return kept > read;
}

const isInterruptible = () =>
  isRunningFile || python?._module.ccall('mp_hal_get_interrupt_char', 'number', [], []) === CTRL_C;

function raiseInterrupt() {
  if (isInterruptible() && takeInterrupts())
    python._module.ccall('mp_sched_keyboard_interrupt', null, [], []);
}

/** Asks the board, and stops until it has answered; the board cuts what takes time when Ctrl-C comes. */
function ask(name, ...values) {
  flush();
  raiseInterrupt();
  Atomics.store(state, ANSWERED, 0);
  parentPort.postMessage({ type: 'call', name, values });
  Atomics.wait(state, ANSWERED, 0);
  const { result, error } = receiveMessageOnPort(replies).message;
  raiseInterrupt();
  if (error !== undefined) throw new Error(error);
  return result;
}

const board = {
  sleepMs: (durationMs) => ask('sleepMs', durationMs),
  ticksMs: () => ask('ticksMs'),
  unixS: () => ask('unixS'),
  setClock: () => ask('setClock'),
  isConnected: () => ask('isConnected'),
  join: (ssid, password) => ask('join', ssid, password),
  post: (url, headers, body, timeoutMs) => ask('post', url, headers, body, timeoutMs),
  /** Everything ends here: the next power-on is another thread's. */
  reset() {
    flush();
    parentPort.postMessage({ type: 'restart', files: keepFiles() });
    Atomics.wait(state, NEVER, 0);
  },
};

/** Everything but the devices of Emscripten's own. */
function keepFiles(folder = '/') {
  const kept = {};
  const { FS } = python;
  for (const name of FS.readdir(folder)) {
    const path = `${folder === '/' ? '' : folder}/${name}`;
    if (name === '.' || name === '..' || ['/dev', '/proc', '/tmp', '/home', '/.frozen-shims'].includes(path))
      continue;
    if (FS.isDir(FS.stat(path).mode)) Object.assign(kept, keepFiles(path));
    else kept[path] = FS.readFile(path);
  }
  return kept;
}

async function powerOn(kept) {
  const { loadMicroPython } = await import('@micropython/micropython-webassembly-pyscript');
  python = await loadMicroPython({
    heapsize: HEAP_BYTES,
    linebuffer: false,
    stdout: (bytes) => bytes.forEach(put),
  });
  python.registerJsModule('_board', board);
  const { FS } = python;
  for (const [path, bytes] of Object.entries({ ...kept, ...shims })) {
    FS.mkdirTree(path.slice(0, path.lastIndexOf('/')) || '/');
    FS.writeFile(path, bytes);
  }
  // As frozen modules are: in front of what is built in, and in no folder of the board.
  python.runPython("import sys\nsys.path.insert(0, '/.frozen-shims')\ndel sys");
}

/** Runs a file as `pyexec_file` does: in `__main__`, its traceback printed without the frames of this helper. */
function runFile(name) {
  if (!python.FS.analyzePath(`/${name}`).exists) return;
  isRunningFile = true;
  try {
    python.runPython(`
def _run(name):
    import io, sys
    try:
        exec(compile(open(name).read(), name, 'exec'), globals())
    except SystemExit:
        pass
    except BaseException as e:
        text = io.StringIO()
        sys.print_exception(e, text)
        print('\\n'.join(line for line in text.getvalue().split('\\n') if '"<stdin>"' not in line), end='')
_run('${name}')
del _run
`);
  } catch (error) {
    // Ctrl-C again, while the traceback of the first was made.
    if (error.name !== 'PythonError') throw error;
  } finally {
    isRunningFile = false;
  }
}

/** Reads code in raw-paste mode; undefined when Ctrl-C ended it. */
function pastedCode() {
  print('R\x01');
  print(String.fromCharCode(WINDOW & 0xff, WINDOW >> 8));
  print('\x01');
  const code = [];
  for (let left = WINDOW; ;) {
    const byte = nextByte();
    if (byte === CTRL_C || byte === CTRL_D) {
      print('\x04');
      return byte === CTRL_D ? code : undefined;
    }
    code.push(byte);
    left -= 1;
    if (left === 0) {
      print('\x01');
      left = WINDOW;
    }
  }
}

const feed = (byte) => python.replProcessChar(byte);

/** What the REPL of the port prints on its own is not printed. */
function silently(run) {
  swallow = Infinity;
  run();
  swallow = 0;
}

/** Reads and runs code in raw-paste mode. Returns what the port made of it. */
function runPasted() {
  const code = pastedCode();
  if (code === undefined) {
    print('\x04Traceback (most recent call last):\r\nKeyboardInterrupt: \r\n\x04>');
    return 0;
  }
  // The port's plain raw mode takes an empty line for a soft reset.
  for (const byte of code.length === 0 ? [LINE_FEED] : code) feed(byte);
  swallow = 'OK'.length;
  return feed(CTRL_D);
}

/** Reads the REPL's input until it is to start anew. Returns whether it was in raw mode. */
function readRepl(startsRaw) {
  if (startsRaw) {
    silently(() => {
      python.replInit();
      feed(CTRL_A);
    });
    print(RAW_GREETING);
  } else {
    // Only behind a Ctrl-B the banner begins on a line of its own.
    swallow = '\r\n'.length;
    python.replInit();
  }
  let isRaw = startsRaw;
  let line = [];
  for (;;) {
    const byte = nextByte();
    let result = 0;
    if (isRaw && byte === CTRL_A && line.length === 2 && line[0] === CTRL_E) {
      feed(CTRL_C);
      if (line[1] === 0x41 && hasRawPaste) result = runPasted();
      else print('R\x00>');
      line = [];
    } else {
      line = [CTRL_A, CTRL_C, CTRL_D].includes(byte) ? [] : [...line, byte].slice(-3);
      result = feed(byte);
      // Only the port knows whether it was at a prompt: it greets then.
      if (byte === CTRL_A && tail === RAW_GREETING) isRaw = true;
      if (byte === CTRL_B && tail.endsWith('>>> ')) isRaw = false;
    }
    if ((result & FORCED_EXIT) !== 0) return isRaw;
  }
}

async function main() {
  let kept = files;
  for (let isRaw = false; ;) {
    await powerOn(kept);
    runFile('boot.py');
    if (!isRaw) runFile('main.py');
    isRaw = readRepl(isRaw);
    print('MPY: soft reboot\r\n');
    kept = keepFiles();
  }
}

void main();
