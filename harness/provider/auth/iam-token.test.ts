import { iamTokenReply, iamTokenRequest, readIamTokenReply, readIamTokenRequest } from './iam-token';

const user = { user: 'bench', password: 'secret', domain: 'account', project: 'cn-southwest-2' };

describe('a sign-in at IAM', () => {
  it('has the documented shape', () => {
    expect(JSON.stringify(iamTokenRequest(user))).toBe(
      '{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"bench","password":"secret",' +
        '"domain":{"name":"account"}}}},"scope":{"project":{"name":"cn-southwest-2"}}}}',
    );
  });

  it('is read back, with the project by name, by id or left out', () => {
    const { project: projectName, ...rest } = user;
    expect(readIamTokenRequest(iamTokenRequest(user))).toEqual({ ...rest, projectName });
    const body = iamTokenRequest(user) as { auth: { scope?: object } };
    body.auth.scope = { project: { id: 'p1' } };
    expect(readIamTokenRequest(body)).toEqual({ ...rest, projectId: 'p1' });
    delete body.auth.scope;
    expect(readIamTokenRequest(body)).toEqual(rest);
  });

  it.each([
    [undefined, 'auth.identity.methods'],
    [null, 'auth.identity.methods'],
    [[], 'auth.identity.methods'],
    [{ auth: { identity: { methods: 'password' } } }, 'auth.identity.methods'],
    [{ auth: { identity: { methods: ['hw_ak_sk'] } } }, 'auth.identity.methods'],
    [{ auth: { identity: { methods: ['password'] } } }, 'auth.identity.password.user.name'],
    [
      { auth: { identity: { methods: ['password'], password: { user: { name: 'a' } } } } },
      'auth.identity.password.user.password',
    ],
    [
      {
        auth: {
          identity: { methods: ['password'], password: { user: { name: 'a', password: 'b', domain: 'c' } } },
        },
      },
      'auth.identity.password.user.domain.name',
    ],
  ])('says of %j what it lacks', (body, lacks) => {
    expect(readIamTokenRequest(body)).toEqual({ lacks });
  });
});

describe('a token of IAM', () => {
  const issuedAtUnixMs = Date.UTC(2026, 0, 1);
  const reply = iamTokenReply({
    user,
    userId: 'u1',
    domainId: 'd1',
    projectId: 'p1',
    issuedAtUnixMs,
    expiresAtUnixMs: issuedAtUnixMs + 86_400_000,
  });

  it('says in microseconds how long it is good for, and whose it is', () => {
    expect(reply).toMatchObject({
      token: {
        expires_at: '2026-01-02T00:00:00.000000Z',
        issued_at: '2026-01-01T00:00:00.000000Z',
        methods: ['password'],
        project: { id: 'p1', name: 'cn-southwest-2', domain: { id: 'd1', name: 'account' } },
      },
    });
    expect(JSON.stringify(reply)).not.toContain(user.password);
  });

  it('is read from the header of a 201', () => {
    expect(readIamTokenReply(201, { 'x-subject-token': 'MIItest' }, reply)).toEqual({
      token: 'MIItest',
      expiresAtUnixMs: issuedAtUnixMs + 86_400_000,
    });
    expect(readIamTokenReply(201, { 'x-subject-token': 'MIItest' }, undefined)).toEqual({ token: 'MIItest' });
  });

  it.each([
    ['a 200', 200, { 'x-subject-token': 'MIItest' }],
    ['a 201 without the header', 201, {}],
    ['a 201 with an empty one', 201, { 'x-subject-token': '' }],
  ])('is not there in %s', (_name, status, headers) => {
    expect(readIamTokenReply(status, headers, reply)).toBeUndefined();
  });
});
