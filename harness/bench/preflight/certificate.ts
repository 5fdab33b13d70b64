import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { isLoopback } from '../../provider';
import { authorityIn, certificateIn } from '../provider-settings';
import { fail, ok, skipped, warn, type Check, type CheckContext, type CheckResult } from './check';
import type { Machine } from './machine';

/** A certificate that runs out sooner may do so in the middle of a campaign. */
const SOON_DAYS = 14;
const DAY_MS = 86_400_000;

/** Firmware that trusts the bench's authority will accept the provider. */
export const certificate: Check = {
  id: 'certificate',
  title: 'TLS certificate',
  group: 'provider',
  expected:
    "the provider's certificate is signed by the bench's authority, in its time, and for the name that boards use",
  remedy:
    'Run `earshot certs` again with --out and the `provider.certs` of the bench file, and --host for each name that boards use.',
  needs: [],
  uses: [],
  withinMs: 2_000,
  beforeRuns: true,
  run: (context) => Promise.resolve(context).then(examine),
};

function examine({ config, parts, machine }: CheckContext): CheckResult {
  const { provider } = config;
  if (provider.kind === 'live') return skipped("the real provider's certificate is the board's to judge");
  if (provider.kind === 'plugin') return skipped('what a provider of your own shows is its own affair');
  if (provider.certsPath === undefined)
    return provider.tls
      ? ok(
          'made for this run alone: only firmware that checks no certificate, or a simulated board, takes it',
        )
      : skipped('the provider listens without TLS');
  const { key, cert } = certificateIn(provider.certsPath);
  return judgeCertificate({
    server: new X509Certificate(cert),
    authority: new X509Certificate(authorityIn(provider.certsPath)),
    key,
    host: provider.host,
    isForMetal: parts.boardConfig.kind === 'serial',
    machine,
  });
}

interface Trust {
  readonly server: X509Certificate;
  readonly authority: X509Certificate;
  readonly key: string;
  /** Where the provider listens. */
  readonly host: string;
  readonly isForMetal: boolean;
  readonly machine: Machine;
}

function judgeCertificate({ server, authority, key, host, isForMetal, machine }: Trust): CheckResult {
  const nowMs = machine.unixNowMs();
  const names = namesOf(server);
  const facts = { names, validFrom: server.validFrom, validTo: server.validTo };
  for (const [what, { validFrom, validTo }] of [
    ['the certificate', server],
    ['its authority', authority],
  ] as const) {
    if (Date.parse(validTo) <= nowMs) return fail(`${what} expired on ${dayOf(validTo)}`, { facts });
    if (Date.parse(validFrom) > nowMs)
      return fail(`${what} begins on ${dayOf(validFrom)}, and here it is ${dayOf(nowMs)}`, { facts });
  }
  if (!server.checkPrivateKey(createPrivateKey(key)))
    return fail('server.key is not the key of server.pem', { facts });
  if (!server.verify(authority.publicKey))
    return fail('ca.pem has not signed server.pem: firmware that trusts the one refuses the other', {
      facts,
    });
  const wanted = ['0.0.0.0', '::'].includes(host) ? machine.addresses() : [host];
  const isNamed = wanted.some((one) => covers(server, one)) || names.some((name) => !isOwn(name));
  if (isForMetal && !isNamed)
    return fail(`it is for ${names.join(', ')} alone, and boards come by ${wanted.join(' or ')}`, { facts });
  const daysLeft = Math.floor((Date.parse(server.validTo) - nowMs) / DAY_MS);
  const seen = `for ${names.join(', ')}, until ${dayOf(server.validTo)}`;
  return daysLeft < SOON_DAYS ? warn(`${seen}: ${daysLeft} days are left`, { facts }) : ok(seen, facts);
}

/** Names and addresses, as the certificate has them. */
const namesOf = ({ subjectAltName = '' }: X509Certificate): readonly string[] =>
  subjectAltName.split(', ').flatMap((entry) => {
    const [, name] = /^(?:DNS|IP Address):(.+)$/.exec(entry) ?? [];
    return name === undefined ? [] : [name];
  });

const covers = (certificateOf: X509Certificate, name: string): boolean =>
  (isIP(name) === 0 ? certificateOf.checkHost(name) : certificateOf.checkIP(name)) !== undefined;

/** Known to this machine alone. */
const isOwn = (name: string): boolean => isLoopback(name) || name === 'localhost';

const dayOf = (date: string | number): string => new Date(date).toISOString().slice(0, 10);
