/** Who signs in at Huawei Cloud's identity service (IAM). */
export interface IamUser {
  /** Name of the IAM user; an account that became a HUAWEI ID cannot sign in itself. */
  readonly user: string;
  readonly password: string;
  /** Name of the account that the user belongs to. */
  readonly domain: string;
  /** What the token is good for: the name of a project, which is that of its region. */
  readonly project: string;
}

/** Where a service of Huawei Cloud finds the token. */
export const IAM_TOKEN_HEADER = 'x-auth-token';
/** Where a reply of the identity service carries it. */
export const IAM_SUBJECT_TOKEN_HEADER = 'x-subject-token';
/** Path of the identity service; its host is `iam.<region>.myhuaweicloud.com`. */
export const IAM_TOKENS_PATH = '/v3/auth/tokens';
/** How long a token is good for. */
export const IAM_TOKEN_LIFE_MS = 24 * 3_600_000;

/** Body of `POST /v3/auth/tokens` for a user with a password (reference/providers.md 6.1). */
export const iamTokenRequest = ({ user, password, domain, project }: IamUser): object => ({
  auth: {
    identity: {
      methods: ['password'],
      password: { user: { name: user, password, domain: { name: domain } } },
    },
    scope: { project: { name: project } },
  },
});

/** What a sign-in asks for; the project by name or by id, absent for a token of the whole account. */
export interface IamSignIn extends Omit<IamUser, 'project'> {
  readonly projectName?: string;
  readonly projectId?: string;
}

const field = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? (at as Record<string, unknown>)[key]
        : undefined,
    value,
  );

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The password sign-in that a body is, or the name of what it lacks. */
export function readIamTokenRequest(body: unknown): IamSignIn | { readonly lacks: string } {
  const methods = field(body, 'auth', 'identity', 'methods');
  if (!Array.isArray(methods) || !methods.includes('password')) return { lacks: 'auth.identity.methods' };
  const path = ['auth', 'identity', 'password', 'user'] as const;
  const user = text(field(body, ...path, 'name'));
  const password = text(field(body, ...path, 'password'));
  const domain = text(field(body, ...path, 'domain', 'name'));
  if (user === undefined) return { lacks: `${path.join('.')}.name` };
  if (password === undefined) return { lacks: `${path.join('.')}.password` };
  if (domain === undefined) return { lacks: `${path.join('.')}.domain.name` };
  const projectName = text(field(body, 'auth', 'scope', 'project', 'name'));
  const projectId = text(field(body, 'auth', 'scope', 'project', 'id'));
  return {
    user,
    password,
    domain,
    ...(projectName === undefined ? {} : { projectName }),
    ...(projectId === undefined ? {} : { projectId }),
  };
}

/** An instant as IAM writes it: `2026-01-02T00:00:00.000000Z`. */
export const iamInstant = (unixMs: number): string => new Date(unixMs).toISOString().replace('Z', '000Z');

/** Body of the 201 that hands a token out in `X-Subject-Token`. */
export const iamTokenReply = (granted: {
  readonly user: IamUser;
  readonly userId: string;
  readonly domainId: string;
  readonly projectId: string;
  readonly issuedAtUnixMs: number;
  readonly expiresAtUnixMs: number;
  /** Left out by `?nocatalog=true`. */
  readonly catalog?: readonly object[];
}): object => {
  const { user, userId, domainId, projectId, issuedAtUnixMs, expiresAtUnixMs, catalog } = granted;
  const domain = { id: domainId, name: user.domain };
  return {
    token: {
      expires_at: iamInstant(expiresAtUnixMs),
      issued_at: iamInstant(issuedAtUnixMs),
      methods: ['password'],
      user: { domain, id: userId, name: user.user, password_expires_at: '' },
      project: { domain, id: projectId, name: user.project },
      roles: [{ id: '0', name: 'te_agency' }],
      ...(catalog === undefined ? {} : { catalog }),
    },
  };
};

/** A token as a client keeps it. */
export interface IamToken {
  readonly token: string;
  /** Absent when the body did not say. */
  readonly expiresAtUnixMs?: number;
}

/**
 * The token of an answer; undefined when it has none, whatever its status: a client must not send `undefined` on.
 * @param headers - As Node has them: lower-case names.
 */
export function readIamTokenReply(
  status: number,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  body: unknown,
): IamToken | undefined {
  const token = headers[IAM_SUBJECT_TOKEN_HEADER];
  if (status !== 201 || typeof token !== 'string' || token === '') return undefined;
  const expiresAtUnixMs = Date.parse(text(field(body, 'token', 'expires_at')) ?? '');
  return { token, ...(Number.isNaN(expiresAtUnixMs) ? {} : { expiresAtUnixMs }) };
}
