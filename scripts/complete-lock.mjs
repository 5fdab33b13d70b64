// Adds to package-lock.json the platform packages that a registry mirror did not serve when the lock was written (binaries
// for macOS, Windows and rare Linux machines). Without their entries `npm ci` refuses the lock. With --check it only says
// what is missing, and which packages run install scripts without being known to work without them.
import { readFileSync, writeFileSync } from 'node:fs';

const lockUrl = new URL('../package-lock.json', import.meta.url);
const checkOnly = process.argv.includes('--check');

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];
const libraries = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

// They have an install script and were loaded after `npm ci --ignore-scripts`: their binaries come as packages.
const worksWithoutScript = [
  '@parcel/watcher',
  '@serialport/bindings-cpp',
  '@swc/core',
  'esbuild',
  'koffi',
  'msgpackr-extract',
];

/** What a name such as `@swc/core-linux-x64-musl` says about the machine; undefined when it says nothing. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const os = words.filter((word) => systems.includes(word));
  const cpu = words.filter((word) => processors.includes(word));
  const libc = os.includes('linux') ? words.map((word) => libraries[word]).filter(Boolean) : [];
  if (os.length + cpu.length === 0) return undefined;
  return { ...(cpu.length && { cpu }), ...(libc.length && { libc }), ...(os.length && { os }) };
}

/** Folders in which Node looks for what the package at `path` requires, nearest first. */
function foldersFrom(path) {
  const folders = [path === '' ? 'node_modules' : `${path}/node_modules`];
  for (let at = path.lastIndexOf('node_modules'); at >= 0; at = path.lastIndexOf('node_modules', at - 1)) {
    folders.push(path.slice(0, at) + 'node_modules');
    if (at === 0) break;
  }
  return folders;
}

function missingEntries(packages) {
  const missing = {};
  const unknown = [];
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const folders = foldersFrom(path);
      if (folders.some((folder) => `${folder}/${name}` in packages)) continue;
      const platform = platformOf(name);
      if (platform === undefined || !/^\d+\.\d+\.\d+/.test(version))
        unknown.push(`${name}@${version} of ${path}`);
      else
        // In npm's own order of keys, so that a later `npm install` leaves the file alone.
        missing[`${folders[1] ?? folders[0]}/${name}`] = {
          version,
          cpu: platform.cpu,
          ...(entry.dev && { dev: true }),
          ...(platform.libc && { libc: platform.libc }),
          optional: true,
          os: platform.os,
        };
    }
  }
  return { missing, unknown };
}

const lock = JSON.parse(readFileSync(lockUrl, 'utf8'));
const { missing, unknown } = missingEntries(lock.packages);
const scripted = Object.entries(lock.packages)
  .filter(([path, entry]) => entry.hasInstallScript && path !== '')
  .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
  .filter((name) => !worksWithoutScript.includes(name));

for (const each of unknown)
  console.error(`cannot complete ${each}: no exact version, or no platform in the name`);
for (const name of scripted)
  console.error(`${name} has an install script: prove that it works without (CONTRIBUTING.md), or drop it`);

const names = Object.keys(missing);
if (names.length > 0 && checkOnly) {
  for (const name of names) console.error(`missing: ${name} ${missing[name].version}`);
  console.error(
    'package-lock.json is incomplete: run `node scripts/complete-lock.mjs` and commit the result',
  );
} else if (names.length > 0) {
  const sorted = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) =>
    a.localeCompare(b, 'en'),
  );
  writeFileSync(lockUrl, JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2) + '\n');
  for (const name of names) console.log(`added: ${name} ${missing[name].version}`);
} else console.log('package-lock.json names every platform package');

process.exitCode = unknown.length + scripted.length + (checkOnly ? names.length : 0) > 0 ? 1 : 0;
