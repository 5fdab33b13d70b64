import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  liveSettings,
  readKeyFile,
  readVariable,
  type BoardConfig,
  type LiveProviderConfig,
  type MockProviderConfig,
  type ProviderConfig,
  type ProxyProviderConfig,
} from '../config';
import { ConfigError, isHilError } from '../errors';
import type { Corpus, Scenario } from '../ports';
import {
  assertLocked,
  type DirectOptions,
  type MockProviderInit,
  type ProviderInit,
  type ProxyInit,
} from '../provider';

/** What the provider's process is started with. @throws ConfigError as `providerSettings` and `proxySettings` do. */
export function providerInit(
  config: Exclude<ProviderConfig, LiveProviderConfig>,
  scenario: Scenario,
  corpus: Corpus,
): ProviderInit {
  const prompts = [...corpus.prompts.values()].filter(({ recognisable }) => recognisable !== false);
  if (config.kind === 'proxy') {
    // Nobody listens to what is written.
    return { ...proxySettings(config), ...(config.protocol === 'openai-realtime' && { prompts }) };
  }
  const told = { scenario, prompts, replies: [...corpus.replies.values()] };
  return config.kind === 'plugin' ? { ...config, ...told } : { ...providerSettings(config), ...told };
}

/**
 * What a bench file says of its mock, with certificates and credentials read.
 * @throws ConfigError `HIL_CONFIG_USAGE` for a variable that is not set; ProviderError `HIL_PROVIDER_OPEN_TO_ALL` for a mock that the
 *   network could use without a secret; `HIL_CONFIG_FILE_MISSING`, `HIL_CONFIG_KEY_EXPOSED` of `certificateIn`.
 */
export function providerSettings(
  config: MockProviderConfig,
): Pick<
  MockProviderInit,
  | 'protocol'
  | 'host'
  | 'port'
  | 'tlsPort'
  | 'tls'
  | 'credentials'
  | 'faults'
  | 'network'
  | 'replayPath'
  | 'dialect'
  | 'toolRace'
> {
  const { protocol, host, port, tlsPort, tls, certsPath, faults, network, replayPath, dialect, toolRace } =
    config;
  const credentials = credentialsOf(config);
  assertLocked('mock provider', protocol, host, credentials);
  return {
    protocol,
    host,
    port,
    tls: certsPath === undefined ? tls : certificateIn(certsPath),
    ...(tlsPort === 0 ? {} : { tlsPort }),
    faults,
    dialect,
    toolRace,
    ...(credentials === undefined ? {} : { credentials }),
    ...(network === undefined ? {} : { network }),
    ...(replayPath === undefined ? {} : { replayPath }),
  };
}

const credentialsOf = ({
  credentials,
}: Pick<MockProviderConfig, 'credentials'>): Readonly<Record<string, string>> | undefined =>
  credentials &&
  Object.fromEntries(Object.entries(credentials).map(([name, from]) => [name, readVariable(from)]));

const readText = (path: string): string => readFileSync(path, 'utf8');

function readPem(folder: string, name: string, read: (path: string) => string = readText): string {
  const path = join(folder, name);
  try {
    return read(path);
  } catch (cause) {
    if (isHilError(cause)) throw cause;
    throw new ConfigError(
      'HIL_CONFIG_FILE_MISSING',
      `The provider's certificate ${path} cannot be read; earshot certs --out ${folder} makes it.`,
      { path },
      { cause },
    );
  }
}

/**
 * What a bench file says of its proxy, with keys from the environment or `.env`. What boards have to show may be their own real keys,
 * or a token of the bench in whose place the bench's keys go on.
 * @throws ConfigError as `certificateIn` and `liveSettings` do; ProviderError `HIL_PROVIDER_OPEN_TO_ALL` as for a mock.
 */
export function proxySettings(config: ProxyProviderConfig): ProxyInit {
  const { protocol, host, port, tls, certsPath, upstreamUrl, upstreamTransport, cassettePath } = config;
  const live = liveSettings(protocol);
  const address = upstreamUrl ?? live.url;
  const hasKeys = Object.keys(live.credentials).length > 0;
  const admits = credentialsOf(config);
  assertLocked('proxy', protocol, host, admits);
  return {
    kind: 'proxy',
    protocol,
    host,
    port,
    tls: certsPath === undefined ? tls : certificateIn(certsPath),
    upstreamTransport,
    ...(address === undefined ? {} : { upstreamUrl: address }),
    ...(cassettePath === undefined ? {} : { cassettePath }),
    ...(hasKeys ? { credentials: live.credentials } : {}),
    ...(admits === undefined ? {} : { admits }),
  };
}

/**
 * What a board is told that reaches the real provider by itself. A board of metal has its firmware's own key; a simulated one gets
 * the bench's, from the environment or `.env`.
 * @throws ConfigError `HIL_CONFIG_USAGE` for a simulated board without a key, naming the variables.
 */
export function directSettings(config: LiveProviderConfig, board: BoardConfig): DirectOptions {
  const { protocol, upstreamUrl } = config;
  const { credentials, variables, url } = liveSettings(protocol);
  const address = upstreamUrl ?? url;
  if (board.kind === 'virtual' && Object.keys(credentials).length < variables.length) {
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `Board ${board.name} is to ask ${protocol} itself and needs its key; set ${variables.join(', ')}.`,
      { board: board.name, protocol, variables },
    );
  }
  return {
    protocol,
    ...(address === undefined ? {} : { upstreamUrl: address }),
    ...(board.kind === 'virtual' && variables.length > 0 ? { credentials } : {}),
  };
}

/**
 * A server's certificate as `earshot certs` lays it down.
 * @throws ConfigError `HIL_CONFIG_FILE_MISSING`; `HIL_CONFIG_KEY_EXPOSED` for a private key that others may read.
 */
export const certificateIn = (folder: string): { readonly key: string; readonly cert: string } => ({
  key: readPem(folder, 'server.key', readKeyFile),
  cert: readPem(folder, 'server.pem'),
});

/**
 * The authority that signed it, which firmware trusts.
 * @throws ConfigError `HIL_CONFIG_FILE_MISSING`.
 */
export const authorityIn = (folder: string): string => readPem(folder, 'ca.pem');
