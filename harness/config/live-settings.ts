import type { ProviderProtocol } from '../ports';
import { readEnvFile } from './env-file';

/** What the environment says about one live provider. Nothing is checked: the client names what it lacks. */
export interface LiveSettings {
  /** By the names of `VoiceProvider.credentials`; those that are not set are absent. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Variables that hold them, in the order in which a person sets them. */
  readonly variables: readonly string[];
  /** Where it is asked, if that is set. */
  readonly url?: string;
  readonly model?: string;
  /** Variables that may be set in place of `variables`. Absent: there are none, or these are what is set. */
  readonly otherVariables?: readonly string[];
}

interface LiveVariables {
  /** Credential and the variable that holds it. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Credentials that a client of ours can do with in place of these. */
  readonly otherCredentials?: Readonly<Record<string, string>>;
  readonly url?: string;
}

/** Names as the vendors' own tools have them, where they have some. */
export const liveVariables: Readonly<Record<ProviderProtocol, LiveVariables>> = {
  'openai-realtime': { credentials: { apiKey: 'OPENAI_API_KEY' }, url: 'OPENAI_REALTIME_URL' },
  openai: { credentials: { apiKey: 'OPENAI_API_KEY' }, url: 'OPENAI_BASE_URL' },
  siliconflow: { credentials: { apiKey: 'SILICONFLOW_API_KEY' }, url: 'SILICONFLOW_BASE_URL' },
  deepseek: { credentials: { apiKey: 'DEEPSEEK_API_KEY' }, url: 'DEEPSEEK_BASE_URL' },
  spark: {
    credentials: { appId: 'SPARK_APP_ID', apiKey: 'SPARK_API_KEY', apiSecret: 'SPARK_API_SECRET' },
    url: 'SPARK_URL',
  },
  hunyuan: {
    credentials: { secretId: 'TENCENTCLOUD_SECRET_ID', secretKey: 'TENCENTCLOUD_SECRET_KEY' },
    // Of the OpenAI-compatible twin; Tencent's own examples of it read this variable.
    otherCredentials: { apiKey: 'HUNYUAN_API_KEY' },
    url: 'HUNYUAN_URL',
  },
  pangu: {
    credentials: {
      user: 'HUAWEICLOUD_USER',
      password: 'HUAWEICLOUD_PASSWORD',
      domain: 'HUAWEICLOUD_DOMAIN',
      project: 'HUAWEICLOUD_PROJECT',
    },
    // An access key, by the names that Huawei's SDKs read.
    otherCredentials: { accessKey: 'HUAWEICLOUD_SDK_AK', secretKey: 'HUAWEICLOUD_SDK_SK' },
    url: 'PANGU_URL',
  },
  ollama: { credentials: {}, url: 'OLLAMA_HOST' },
};

type Variables = Readonly<Record<string, string | undefined>>;

const OLLAMA_PORT = '11434';

/** `OLLAMA_HOST` as Ollama itself reads it: `host`, `host:port` or a URL; 0.0.0.0 is where it listens, not where it is. */
function ollamaUrl(host: string): string {
  const url = new URL(/^https?:\/\//.test(host) ? host : `http://${host}`);
  if (url.port === '' && !/^https?:\/\//.test(host)) url.port = OLLAMA_PORT;
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  return url.toString();
}

/** Those of the credentials that are set. */
const held = (credentials: Readonly<Record<string, string>>, env: Variables): LiveSettings['credentials'] =>
  Object.fromEntries(
    Object.entries(credentials).flatMap(([name, variable]) => {
      const value = valueOf(env, variable);
      return value === undefined ? [] : [[name, value]];
    }),
  );

const valueOf = (env: Variables, name: string): string | undefined => env[name]?.trim() || undefined;

/**
 * Where a live provider is and with what a board asks it: from the environment, else from `.env` in the working folder. This
 * is the only way by which keys enter.
 */
export function liveSettings(protocol: ProviderProtocol, env: Variables = withEnvFile()): LiveSettings {
  const { credentials, url } = liveVariables[protocol];
  const address = url === undefined ? undefined : valueOf(env, url);
  return {
    credentials: held(credentials, env),
    variables: Object.values(credentials),
    ...(address === undefined ? {} : { url: protocol === 'ollama' ? ollamaUrl(address) : address }),
  };
}

/**
 * As `liveSettings`, for a client of ours: it does with other credentials where those of boards are not all set and these are.
 */
export function liveClientSettings(protocol: ProviderProtocol, env: Variables = withEnvFile()): LiveSettings {
  const settings = liveSettings(protocol, env);
  const { otherCredentials } = liveVariables[protocol];
  if (otherCredentials === undefined || isComplete(settings)) return settings;
  const otherVariables = Object.values(otherCredentials);
  const other = { ...settings, credentials: held(otherCredentials, env), variables: otherVariables };
  return isComplete(other) ? other : { ...settings, otherVariables };
}

const isComplete = ({ credentials, variables }: LiveSettings): boolean =>
  Object.keys(credentials).length === variables.length;

/** The environment, and below it the `.env` file. */
export const withEnvFile = (): Variables => ({ ...readEnvFile(), ...process.env });
