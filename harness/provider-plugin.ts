/// <reference types="node" preserve="true" />
/** Public API for providers of a team's own: `earshot/provider`. Apart from the suites' API, which only Jest can load. */
export {
  defineProvider,
  type OpenProviderPlugin,
  type ProviderPlugin,
  type ProviderPluginContext,
  type UnstampedProviderEvent,
} from './ports';
export type { Corpus, ProviderEvent, Scenario, SpeechClip, TurnScript } from './ports';
