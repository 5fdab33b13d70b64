export { openMock } from './mock/open-mock';
export type { MockOptions, MockProvider } from './mock/mock-options';
export { createMockProvider, type MockProviderOptions } from './mock/openai-realtime/mock-provider';
export { makeCertificate, type Certificate } from './mock/http/certificate';
export { openDirect, type DirectOptions } from './direct/open-direct';
export { steadyHeapOptions } from './process/steady-heap';
export { launchProvider, type LaunchedProvider, type LaunchProviderOptions } from './process/launch-provider';
export type { MockProviderInit, PluginInit, ProviderInit, ProxyInit } from './process/messages';
export { providerOrigin } from './proxy/upstreams';
export { openProxy, type ProviderProxy, type ProxyOptions } from './proxy/open-proxy';
export { mockProviderOf, serveProvider, type IpcChannel } from './process/serve-provider';
export { recordingListener } from './hearing/hear-recording';
export {
  makeBenchCa,
  makeServerCertificate,
  type KeyAndCertificate,
  type Validity,
} from './certificates/bench-ca';
export { startSntpServer, type SntpServer, type SntpServerOptions } from './ntp/sntp-server';
export { UPLINK_RATE_HZ } from './live/openai-realtime/paced-speech';
export { liveProtocols, openLiveClient } from './live/open-live-client';
export type { Answer, AskOptions, LiveClient, LiveLimits, LiveOptions, Question } from './live/live-client';
export { SpendCap, type SpendLimits } from './live/spend-cap';
export type { LiveEvent, Usage } from './live/live-event';
export { iamTokenRequest } from './auth/iam-token';
export { signSparkUrl } from './auth/spark-url';
export { signTc3 } from './auth/tc3';
export { assertLocked } from './lock';
export { isLoopback } from './loopback';
