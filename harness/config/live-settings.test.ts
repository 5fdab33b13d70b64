import { chmodSync, closeSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { providerProtocols } from '../ports';
import { readEnvFile } from './env-file';
import { assertOwnerOnly } from './key-file';
import { liveClientSettings, liveSettings, liveVariables } from './live-settings';

describe('liveSettings', () => {
  it('takes keys by the vendors’ names and leaves out what is not set', () => {
    const env = { SPARK_APP_ID: ' 12345678 ', SPARK_API_KEY: 'k', SPARK_API_SECRET: ' ' };
    expect(liveSettings('spark', env)).toEqual({
      credentials: { appId: '12345678', apiKey: 'k' },
      variables: ['SPARK_APP_ID', 'SPARK_API_KEY', 'SPARK_API_SECRET'],
    });
  });

  it.each([
    ['localhost', 'http://localhost:11434/'],
    ['0.0.0.0:8000', 'http://127.0.0.1:8000/'],
    ['https://ollama.example', 'https://ollama.example/'],
  ])('reads OLLAMA_HOST %s as Ollama does', (host, url) => {
    expect(liveSettings('ollama', { OLLAMA_HOST: host })).toEqual({ credentials: {}, variables: [], url });
  });

  it('knows every protocol and no variable of ours, which would be taken for a misspelt one', () => {
    expect(Object.keys(liveVariables).sort()).toEqual([...providerProtocols].sort());
    expect(JSON.stringify(liveVariables)).not.toContain('EARSHOT_');
  });
});

describe('liveClientSettings', () => {
  const pair = { TENCENTCLOUD_SECRET_ID: 'AKID', TENCENTCLOUD_SECRET_KEY: 's' };
  const signing = { secretId: 'AKID', secretKey: 's' };
  const signingVariables = ['TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRET_KEY'];
  const bearer = { credentials: { apiKey: 'k' }, variables: ['HUNYUAN_API_KEY'] };

  it.each([
    ['both', { ...pair, HUNYUAN_API_KEY: 'k' }, { credentials: signing, variables: signingVariables }],
    ['the bearer key only', { HUNYUAN_API_KEY: 'k' }, bearer],
    ['half of the pair', { TENCENTCLOUD_SECRET_ID: 'AKID', HUNYUAN_API_KEY: 'k' }, bearer],
    [
      'nothing',
      { HUNYUAN_API_KEY: ' ' },
      { credentials: {}, variables: signingVariables, otherVariables: ['HUNYUAN_API_KEY'] },
    ],
  ])('takes the keys that are whole, those that sign first: %s', (_, env, settings) => {
    expect(liveClientSettings('hunyuan', env)).toEqual(settings);
  });

  it('takes an access key for Pangu where nobody can sign in, and its address in any case', () => {
    const PANGU_URL = 'https://pangu.example/v1/p/deployments/d/chat/completions';
    const env = { HUAWEICLOUD_SDK_AK: 'a', HUAWEICLOUD_SDK_SK: 's', HUAWEICLOUD_USER: 'u', PANGU_URL };
    expect(liveClientSettings('pangu', env)).toEqual({
      credentials: { accessKey: 'a', secretKey: 's' },
      variables: ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK'],
      url: PANGU_URL,
    });
  });

  it('is as for a board where there is one way only', () => {
    const env = { DEEPSEEK_API_KEY: 'sk' };
    expect(liveClientSettings('deepseek', env)).toEqual(liveSettings('deepseek', env));
  });
});

describe('readEnvFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-env-'));

  it('reads quotes and comments', () => {
    const path = join(folder, '.env');
    writeFileSync(path, '# keys\nDEEPSEEK_API_KEY="sk-a b" # mine\nOPENAI_API_KEY=sk-c\n');
    chmodSync(path, 0o600);
    expect(readEnvFile(path)).toEqual({ DEEPSEEK_API_KEY: 'sk-a b', OPENAI_API_KEY: 'sk-c' });
  });

  it.each([0o640, 0o604, 0o620, 0o601])('refuses keys with permissions %i', (mode) => {
    const path = join(folder, "ada's .env");
    writeFileSync(path, 'EARSHOT_TURNS=3\nOPENAI_API_KEY=sk-c\n');
    chmodSync(path, mode);
    const refused = expect.objectContaining({
      code: 'HIL_CONFIG_KEY_EXPOSED',
      origin: 'config',
      message: expect.stringContaining(
        `permissions 0${mode.toString(8)}, so that others on this machine get at them; expected is 0600, which ` +
          `\`chmod 600 -- '${folder}/ada'\\''s .env'\` makes.`,
      ) as string,
    }) as Error;
    expect(() => readEnvFile(path)).toThrow(refused);
    chmodSync(path, 0o600);
    expect(readEnvFile(path)).toMatchObject({ OPENAI_API_KEY: 'sk-c' });
  });

  it('may be read by all where it holds no key, and anywhere on Windows', () => {
    const path = join(folder, 'open.env');
    writeFileSync(path, 'EARSHOT_TURNS=3\nOPENAI_API_KEY=\n');
    chmodSync(path, 0o644);
    expect(readEnvFile(path)).toEqual({ EARSHOT_TURNS: '3', OPENAI_API_KEY: '' });
    const descriptor = openSync(path, 'r');
    expect(() => assertOwnerOnly(path, descriptor, 'linux')).toThrow('chmod 600');
    expect(() => assertOwnerOnly(path, descriptor, 'win32')).not.toThrow();
    closeSync(descriptor);
  });

  it('is empty without a file, and says so of a folder', () => {
    expect(readEnvFile(join(folder, 'none'))).toEqual({});
    expect(() => readEnvFile(folder)).toThrow(/cannot be read/);
  });
});
