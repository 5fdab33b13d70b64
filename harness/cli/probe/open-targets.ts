import { liveClientSettings } from '../../config';
import type { Clock, Corpus, Scenario } from '../../ports';
import { launchProvider, openLiveClient, type LiveClient, type LiveOptions } from '../../provider';
import type { Closable } from '../../errors';
import { launchChild } from '../launch-child';
import type { ProbeTarget } from './probe-target';

/** A mock that names no credentials lets anything in; a client has to show something all the same. */
const anyCredentials = {
  apiKey: 'sk-earshot-probe',
  appId: 'earshot',
  apiSecret: 'earshot-probe',
  secretId: 'earshot-probe',
  secretKey: 'earshot-probe',
  user: 'earshot',
  password: 'earshot-probe',
  domain: 'earshot',
  project: 'cn-southwest-2',
};

export interface OpenTargets {
  readonly clock: Clock;
  readonly corpus: Corpus;
  readonly scenario: Scenario;
  /** Goes to every client. */
  readonly options: Pick<LiveOptions, 'limits' | 'spend' | 'ca'>;
}

/**
 * The client of a target, with its mock in a process of its own where it is one; what was opened is added to `opened`.
 * @throws ProviderError `HIL_PROVIDER_KEY_MISSING`; what starting a mock throws.
 */
export async function openTarget(
  { name, kind, protocol, model }: ProbeTarget,
  { clock, corpus, scenario, options }: OpenTargets,
  opened: Closable[],
): Promise<LiveClient> {
  const shared: LiveOptions = { ...options, clock, ...(model === undefined ? {} : { model }) };
  if (kind === 'live') {
    const { credentials, variables, otherVariables, url } = liveClientSettings(protocol);
    const client = openLiveClient(protocol, {
      ...shared,
      credentials,
      credentialVariables: variables,
      ...(otherVariables === undefined ? {} : { otherVariables }),
      ...(url === undefined ? {} : { url }),
    });
    opened.push(client);
    return client;
  }
  const mock = await launchProvider({
    launch: launchChild,
    init: {
      protocol,
      scenario,
      prompts: [...corpus.prompts.values()],
      replies: [...corpus.replies.values()],
    },
    clock,
  });
  opened.push(mock);
  const client = openLiveClient(protocol, {
    ...shared,
    name,
    url: mock.url,
    credentials: { ...anyCredentials, ...mock.credentials },
  });
  opened.push(client);
  return client;
}
