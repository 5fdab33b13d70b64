import { ConfigError, isHilError, ProviderError } from '../../errors';
import {
  pluginKind,
  pluginOf,
  type Clock,
  type Corpus,
  type ProviderPlugin,
  type Scenario,
  type VoiceProvider,
} from '../../ports';
import { EventLog } from '../event-log';
import { isLoopback } from '../loopback';
import { typedPrompt } from '../hearing/typed-prompt';
import { Script } from '../script/script';

export interface PluginOptions {
  /** Absolute paths of the modules that bench files name, JavaScript. */
  readonly plugins: readonly string[];
  /** Which of them is to be opened. */
  readonly name: string;
  /** Any JSON, for the plugin to check. */
  readonly options: unknown;
  readonly scenario: Scenario;
  readonly corpus: Corpus;
  readonly clock: Clock;
  readonly host: string;
  readonly port: number;
}

const isPlugin = (value: unknown): value is ProviderPlugin =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as ProviderPlugin).name === 'string' &&
  typeof (value as ProviderPlugin).protocol === 'string' &&
  typeof (value as ProviderPlugin).open === 'function';

/** The provider that a module brings; none where it brings something else. */
function load(path: string): readonly ProviderPlugin[] {
  const plugin = pluginOf(path);
  if (isPlugin(plugin)) return [plugin];
  const kind = pluginKind(plugin);
  if (kind === 'dialect' || kind === 'power') return [];
  throw new ConfigError(
    'HIL_CONFIG_USAGE',
    `The plugin ${path} exports ${plugin === undefined ? 'nothing' : typeof plugin} by default; expected what defineProvider() returns, or defineDialect() or definePower().`,
    { path },
  );
}

/** The words of the scenario's answer to an utterance, as a text mock would say them. */
function answerTo(scenario: Scenario, corpus: Corpus, utterance: string | undefined): string | undefined {
  const language = [...corpus.prompts.values()].find((clip) => clip.utterance === utterance)?.language;
  const heard = {
    confidence: 1,
    ...(utterance !== undefined && { utterance }),
    ...(language !== undefined && { language }),
  };
  const { say } = new Script(scenario).hear(heard, { tools: [] });
  return [...corpus.replies.values()].find((clip) => clip.utterance === say)?.transcript;
}

/**
 * Opens a provider of a team's own in this process; its events are logged like a mock's.
 * @throws ConfigError `HIL_CONFIG_USAGE` for a module that is no plugin, or a name that none has; ProviderError
 *   `HIL_PROVIDER_UNREADY` with what the plugin threw, `HIL_PROVIDER_OPEN_TO_ALL` for one beyond loopback that lets everybody in.
 */
export async function openPlugin(options: PluginOptions): Promise<VoiceProvider> {
  const { plugins, name, scenario, corpus, clock, host, port } = options;
  const loaded = plugins.flatMap(load);
  const plugin = loaded.find((one) => one.name === name);
  if (plugin === undefined) {
    const names = loaded.map((one) => one.name);
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `No plugin provides ${name}; there is ${names.join(', ') || 'none'}.`,
      { name, names },
    );
  }
  const log = new EventLog(clock);
  const prompts = [...corpus.prompts.values()];
  try {
    const open = await plugin.open({
      options: options.options,
      scenario,
      corpus,
      clock,
      host,
      port,
      utteranceOf: (text) => typedPrompt(prompts, text).utterance,
      answerTo: (utterance) => answerTo(scenario, corpus, utterance),
      log: (event, hostAtMs) => log.emit(event, hostAtMs),
    });
    // What it lets in, only it knows; but one that says nothing of it lets everybody in.
    if (!isLoopback(host) && Object.values(open.credentials ?? {}).every((value) => value === '')) {
      await open.close();
      const message = `The provider ${name} listens on ${host}, where others can reach it, and names no credentials that boards have to show.`;
      throw new ProviderError('HIL_PROVIDER_OPEN_TO_ALL', message, { name, host });
    }
    return {
      name: `plugin:${name}`,
      protocol: plugin.protocol,
      url: open.url,
      ...(open.tlsUrl === undefined ? {} : { tlsUrl: open.tlsUrl }),
      ...(open.credentials === undefined ? {} : { credentials: open.credentials }),
      get events() {
        return log.events;
      },
      onEvent: (listener) => log.onEvent(listener),
      // It lives in this process and ends with it.
      onLost: () => () => undefined,
      expectTurn: (script) => open.expectTurn?.(script) ?? Promise.resolve(),
      saveReceived: (window) => open.saveReceived?.(window) ?? Promise.resolve(undefined),
      close: () => open.close(),
    };
  } catch (cause) {
    if (isHilError(cause)) throw cause;
    const message = `The plugin ${name} did not open: ${cause instanceof Error ? cause.message : String(cause)}.`;
    throw new ProviderError('HIL_PROVIDER_UNREADY', message, { name }, { cause });
  }
}
