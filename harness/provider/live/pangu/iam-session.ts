import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../../ports';
import { iamTokenRequest, readIamTokenReply, type IamToken, type IamUser } from '../../auth/iam-token';
import type { Attempt } from '../asking';
import { malformed, refused } from '../failure';
import { parseBody } from '../frames';
import { plainRefusal } from '../http-asker';
import { exchangeHttp } from '../http-exchange';
import { codeText, fieldsOf } from '../shape';

export interface IamService {
  /** `https://iam.<region>.myhuaweicloud.com/v3/auth/tokens`. */
  readonly url: string;
  readonly user: IamUser;
  readonly clock: Clock;
  readonly unixNowMs: () => number;
  readonly ca: string | undefined;
}

/** A token that ends this soon is replaced before it is used. */
const RENEW_BEFORE_MS = 60_000;
/** Where the reply does not say when the token ends: shorter than the 24 h that it is good for. */
const ASSUMED_LIFE_MS = 12 * 3_600_000;

/** One sign-in at the identity service, whose token is used until it ends. */
export class IamSession {
  private granted: IamToken | undefined;
  private fetching: Promise<IamToken> | undefined;

  constructor(private readonly service: IamService) {}

  /**
   * The token; signs in when there is none, once for all who ask meanwhile.
   * @throws FailedAttempt `HIL_PROVIDER_KEY_REJECTED` for a user, password or account that is wrong.
   */
  async token(attempt: Pick<Attempt, 'limits' | 'signal'>): Promise<string> {
    const endsAtUnixMs = this.granted?.expiresAtUnixMs ?? 0;
    if (this.granted !== undefined && this.service.unixNowMs() < endsAtUnixMs - RENEW_BEFORE_MS) {
      return this.granted.token;
    }
    this.fetching ??= this.signIn(attempt).finally(() => (this.fetching = undefined));
    this.granted = await this.fetching;
    return this.granted.token;
  }

  /** Drops the token, because it was refused; true when there was one. */
  forget(): boolean {
    const had = this.granted !== undefined;
    this.granted = undefined;
    return had;
  }

  private async signIn({ limits, signal }: Pick<Attempt, 'limits' | 'signal'>): Promise<IamToken> {
    const { url, user, clock, ca, unixNowMs } = this.service;
    const target = new URL(url);
    // The catalogue of services would be most of the body.
    target.searchParams.set('nocatalog', 'true');
    const parts: Buffer[] = [];
    const reply = { status: 0, headers: {} as IncomingHttpHeaders };
    await exchangeHttp(
      {
        url: target,
        headers: { 'content-type': 'application/json;charset=utf8' },
        body: Buffer.from(JSON.stringify(iamTokenRequest(user))),
      },
      {
        headers: (status, headers) => Object.assign(reply, { status, headers }),
        data: (bytes) => {
          parts.push(bytes);
          return false;
        },
      },
      { clock, limits, ca, signal },
    );
    const body = parseBody(Buffer.concat(parts));
    const token = readIamTokenReply(reply.status, reply.headers, body);
    if (token !== undefined) return { expiresAtUnixMs: unixNowMs() + ASSUMED_LIFE_MS, ...token };
    if (reply.status >= 400) {
      const said = codeText(fieldsOf(fieldsOf(body).error).message);
      const plain = plainRefusal(reply.status, body);
      throw refused({
        ...plain,
        kind: reply.status === 403 ? 'key' : plain.kind,
        message: `sign-in failed: ${said ?? plain.message}`,
      });
    }
    throw malformed(
      `the sign-in was answered with ${reply.status} and no token; expected 201 and X-Subject-Token`,
      reply.status,
    );
  }
}
