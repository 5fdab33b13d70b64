import { randomBytes } from 'node:crypto';
import type { Json } from '../json/check';

/** A short-lived key and what its sessions begin with. */
export interface EphemeralKey {
  /** `ek_` and 32 hexadecimal digits. */
  readonly value: string;
  readonly expiresAtUnixS: number;
  /** Checked, in GA's shape. */
  readonly session: Json;
}

export type KeyVerdict = 'good' | 'wrong' | 'expired';

/** Later ones push the oldest out, so that a client that mints all day does not fill our memory. */
const MOST_KEYS = 10_000;

/** The API key of a service and the ephemeral keys that it has given out. */
export class KeyRing {
  private readonly minted = new Map<string, EphemeralKey>();

  /** @param apiKey - Undefined: any key that is not empty. */
  constructor(
    private readonly apiKey: string | undefined,
    private readonly unixNowMs: () => number,
  ) {}

  /** A new key that lives `seconds` from now. */
  mint(session: Json, seconds: number): EphemeralKey {
    const value = `ek_${randomBytes(16).toString('hex')}`;
    const key = { value, expiresAtUnixS: Math.floor(this.unixNowMs() / 1000) + seconds, session };
    this.minted.set(value, key);
    const [oldest] = this.minted.keys();
    if (this.minted.size > MOST_KEYS && oldest !== undefined) this.minted.delete(oldest);
    return key;
  }

  /** @param allExpired - Every ephemeral key is too old. */
  judge(key: string, allExpired = false): KeyVerdict {
    const minted = this.minted.get(key);
    if (minted !== undefined)
      return allExpired || this.unixNowMs() >= minted.expiresAtUnixS * 1000 ? 'expired' : 'good';
    if (allExpired && key.startsWith('ek_')) return 'expired';
    return this.apiKey === undefined || key === this.apiKey ? 'good' : 'wrong';
  }

  /** Undefined for a key that was not minted here. */
  ephemeral(key: string): EphemeralKey | undefined {
    return this.minted.get(key);
  }
}
