import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { join, resolve } from 'node:path';
import { readKeyFile } from '../../config';
import { ConfigError } from '../../errors';
import { makeBenchCa, makeServerCertificate, type KeyAndCertificate, type Validity } from '../../provider';
import { exitCodes } from '../exit-codes';
import { systemWallClock } from '../../ports';

export interface CertsArguments {
  /** Names and addresses that boards call the bench by; localhost and 127.0.0.1 are always among them. */
  readonly hosts: readonly string[];
  readonly folder: string;
  readonly days: number;
  /** Makes a new authority although there is one: firmware that trusts the old one then refuses the bench. */
  readonly newCa: boolean;
  readonly json: boolean;
}

const OWNER_ONLY = 0o600;
/** Ten years: an authority is compiled into firmware. */
const CA_DAYS = 3650;
/** Boards and benches do not agree on the time to the second. */
const EARLIER_MS = 3_600_000;

/** Makes the bench's certificate authority, unless there is one, and a server certificate signed by it. */
export async function certsCommand(args: CertsArguments): Promise<number> {
  const folder = resolve(args.folder);
  const file = (name: string): string => join(folder, name);
  const from = new Date(systemWallClock() - EARLIER_MS);
  mkdirSync(folder, { recursive: true });
  const known = args.newCa ? undefined : readCa(file('ca.pem'), file('ca.key'));
  const ca =
    known ?? (await makeBenchCa(`earshot bench ${from.toISOString().slice(0, 10)}`, { from, days: CA_DAYS }));
  const hosts = [...new Set(['localhost', '127.0.0.1', ...args.hosts])];
  const validity: Validity = { from, days: args.days };
  const server = await makeServerCertificate(ca, hosts, validity);
  if (known === undefined) {
    writeKey(file('ca.key'), ca.key);
    writeFileSync(file('ca.pem'), ca.cert);
  }
  writeKey(file('server.key'), server.key);
  writeFileSync(file('server.pem'), server.cert);
  const { validTo } = new X509Certificate(server.cert);
  if (args.json) {
    const made = { schema: 'earshot/certs@1', ca: file('ca.pem'), newCa: known === undefined, hosts };
    const written = {
      ...made,
      cert: file('server.pem'),
      key: file('server.key'),
      validTo: new Date(validTo).toISOString(),
    };
    process.stdout.write(`${JSON.stringify(written, null, 2)}\n`);
    return exitCodes.passed;
  }
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  print(
    `${known === undefined ? 'New authority  ' : 'Authority kept '} ${file('ca.pem')}  (goes into the firmware)`,
  );
  print(`Server         ${file('server.pem')}  for ${hosts.join(', ')}, until ${validTo}`);
  print('Private keys are beside them and belong on this machine only.');
  print(
    `Use them with provider.certs: ${args.folder} in bench.yaml, or earshot provider --certs ${args.folder}`,
  );
  return exitCodes.passed;
}

/** Also where a file of looser permissions stands there already. */
function writeKey(path: string, key: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, key, { mode: OWNER_ONLY });
}

function readCa(certPath: string, keyPath: string): KeyAndCertificate | undefined {
  const present = [certPath, keyPath].filter((path) => existsSync(path));
  if (present.length === 0) return undefined;
  if (present.length === 2) return { cert: readFileSync(certPath, 'utf8'), key: readKeyFile(keyPath) };
  throw new ConfigError(
    'HIL_CONFIG_USAGE',
    `${present.join('')} is there without its other half; put ${present[0] === certPath ? keyPath : certPath} back, or make a new authority with --new-ca.`,
    { certPath, keyPath },
  );
}
