import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';

const DEEPEST_CHAIN = 10;

/** Why mbedTLS refuses a certificate, in its own words and its order. */
const reasons = {
  expired: 'The certificate validity has expired',
  otherName: 'The certificate Common Name (CN) does not match with the expected CN',
  untrusted: 'The certificate is not correctly signed by the trusted CA',
  future: 'The certificate validity starts in the future',
} as const;

/**
 * Certificates of a PEM file, or those that Node trusts.
 * @throws Error when there is none in it, or one that cannot be read.
 */
export function authoritiesOf(pem: string | undefined): readonly X509Certificate[] {
  const texts =
    pem === undefined
      ? rootCertificates
      : (pem.match(/-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g) ?? []);
  if (texts.length === 0) throw new RangeError('there is no certificate in what the board shall trust');
  return texts.map((text) => new X509Certificate(text));
}

const isIssuer = (issuer: X509Certificate, certificate: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

/** The certificates from the peer's up to the trusted one; undefined when the chain does not get there. */
function trustedChain(
  peer: X509Certificate,
  authorities: readonly X509Certificate[],
): readonly X509Certificate[] | undefined {
  const chain: X509Certificate[] = [];
  let last: X509Certificate | undefined = peer;
  while (last !== undefined && chain.length < DEEPEST_CHAIN) {
    const certificate: X509Certificate = last;
    chain.push(certificate);
    if (authorities.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256)) return chain;
    const authority = authorities.find((candidate) => isIssuer(candidate, certificate));
    if (authority !== undefined) return [...chain, authority];
    const issuer: X509Certificate | undefined = certificate.issuerCertificate;
    last = issuer !== undefined && issuer.ca && isIssuer(issuer, certificate) ? issuer : undefined;
  }
  return undefined;
}

/**
 * Judges a peer's certificate as mbedTLS would on the board: chain, name, and validity by the board's clock, which Node
 * cannot do, since it takes the host's.
 * @returns What mbedTLS prints for each reason to refuse it; empty when it is accepted.
 */
export function certificateObjections(
  peer: X509Certificate,
  authorities: readonly X509Certificate[],
  host: string,
  unixMs: number,
): readonly string[] {
  const chain = trustedChain(peer, authorities);
  const dated = chain ?? [peer];
  const named = isIP(host) === 0 ? peer.checkHost(host) : peer.checkIP(host);
  return [
    dated.some(({ validTo }) => Date.parse(validTo) < unixMs) && reasons.expired,
    named === undefined && reasons.otherName,
    chain === undefined && reasons.untrusted,
    dated.some(({ validFrom }) => Date.parse(validFrom) > unixMs) && reasons.future,
  ].filter((reason) => reason !== false);
}
