import { generate } from 'selfsigned';

/** A server's key and certificate, both PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A fresh self-signed EC P-256 certificate for `localhost` and 127.0.0.1; clients take it as its own CA. */
export async function makeCertificate(): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { key, cert };
}
