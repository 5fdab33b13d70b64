import { isIP } from 'node:net';

/** A key and its certificate, both PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface Validity {
  readonly from: Date;
  readonly days: number;
}

const DAY_MS = 86_400_000;
/** Type numbers of subject alternative names in selfsigned. */
const SAN = { dns: 2, ip: 7 } as const;

/** Loaded for the first certificate: hardly any process makes one, and it is 210 modules. */
const library = () => import('selfsigned');

const ecKey = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

const between = ({ from, days }: Validity) => ({
  notBeforeDate: from,
  notAfterDate: new Date(from.getTime() + days * DAY_MS),
});

/** A fresh EC P-256 certificate authority for one bench: signs servers and nothing below itself. */
export async function makeBenchCa(commonName: string, validity: Validity): Promise<KeyAndCertificate> {
  const { generate } = await library();
  const made = await generate([{ name: 'commonName', value: commonName }], {
    ...ecKey,
    ...between(validity),
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/**
 * A server's key and certificate, signed by a bench's authority.
 * @param hosts - Names and IP addresses that the certificate is for, at least one; the first is its common name.
 */
export async function makeServerCertificate(
  ca: KeyAndCertificate,
  hosts: readonly string[],
  validity: Validity,
): Promise<KeyAndCertificate> {
  const { generate } = await library();
  const made = await generate([{ name: 'commonName', value: hosts[0] ?? 'localhost' }], {
    ...ecKey,
    ...between(validity),
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: hosts.map((host) =>
          isIP(host) === 0 ? { type: SAN.dns, value: host } : { type: SAN.ip, ip: host },
        ),
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}
