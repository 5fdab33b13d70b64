import { randomBytes } from 'node:crypto';
import {
  IAM_SUBJECT_TOKEN_HEADER,
  IAM_TOKEN_LIFE_MS,
  iamInstant,
  iamTokenReply,
  readIamTokenRequest,
  type IamUser,
} from '../../auth/iam-token';
import { equalText } from '../../auth/equal-text';
import { jsonAnswer, type HttpAnswer } from '../http/http-answer';
import { iamRefusal, tokenFault, type PanguFault } from './pangu-fault';

export interface IamRules {
  readonly user: IamUser;
  readonly projectId: string;
  readonly unixNowMs: () => number;
  /** Default 24 h, the service's. */
  readonly tokenLifeMs?: number;
  /** Length of a token. Default 3 072: they have several kB, more than a header buffer of 2 kB takes. */
  readonly tokenChars?: number;
}

/** Tokens that are remembered; whoever signs in more often finds its oldest ones unknown. */
const MOST_TOKENS = 1000;

/** The identity service: hands tokens out to one user, and knows them again. */
export class IamService {
  /** When each ends, in Unix milliseconds; oldest first. */
  private readonly ends = new Map<string, number>();

  constructor(private readonly rules: IamRules) {}

  /**
   * Answers `POST /v3/auth/tokens`.
   * @param withCatalog - False for `?nocatalog=true`.
   */
  signIn(body: string, withCatalog: boolean): HttpAnswer {
    const { user, projectId, unixNowMs } = this.rules;
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      // Not ours to mend: the client is told.
      return iamRefusal(400, 'The request body is invalid: it is no JSON text.');
    }
    const signIn = readIamTokenRequest(value);
    if ('lacks' in signIn) return iamRefusal(400, `The request body is invalid: see ${signIn.lacks}.`);
    const isKnown =
      equalText(signIn.domain, user.domain) &&
      equalText(signIn.user, user.user) &&
      equalText(signIn.password, user.password);
    if (!isKnown) return iamRefusal(401, 'The username or password is wrong.');
    const isProject =
      (signIn.projectName ?? user.project) === user.project && (signIn.projectId ?? projectId) === projectId;
    if (!isProject) return iamRefusal(401, 'The user has no such project.');
    const issuedAtUnixMs = unixNowMs();
    const expiresAtUnixMs = issuedAtUnixMs + (this.rules.tokenLifeMs ?? IAM_TOKEN_LIFE_MS);
    const reply = iamTokenReply({
      user,
      userId: 'earshot-user-id',
      domainId: 'earshot-domain-id',
      projectId,
      issuedAtUnixMs,
      expiresAtUnixMs,
      ...(withCatalog && { catalog: [] }),
    });
    return jsonAnswer(201, reply, { [IAM_SUBJECT_TOKEN_HEADER]: this.issue(expiresAtUnixMs) });
  }

  /** Why a request with this token is not let in; undefined when it is. */
  refusalOf(token: string | undefined): PanguFault | undefined {
    if (token === undefined || token === '') return tokenFault('x-auth-token not found');
    const endsAtUnixMs = this.ends.get(token);
    if (endsAtUnixMs === undefined) return tokenFault('decrypt token fail');
    if (this.rules.unixNowMs() < endsAtUnixMs) return undefined;
    return tokenFault(`token expires, expires_at:${iamInstant(endsAtUnixMs)}`);
  }

  /** From now on the token has expired. */
  expire(token: string): void {
    const now = this.rules.unixNowMs();
    if (now < (this.ends.get(token) ?? 0)) this.ends.set(token, now);
  }

  private issue(endsAtUnixMs: number): string {
    const { tokenChars = 3072 } = this.rules;
    const token = `MII${randomBytes(tokenChars).toString('base64')}`.slice(0, tokenChars);
    const [oldest] = this.ends.keys();
    if (oldest !== undefined && this.ends.size >= MOST_TOKENS) this.ends.delete(oldest);
    this.ends.set(token, endsAtUnixMs);
    return token;
  }
}
