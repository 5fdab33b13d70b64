export type { LatencyBound } from './latency-bound';
export type {
  AudioRig,
  CardIdentity,
  CaptureBlock,
  CaptureSlice,
  ChannelRole,
  Playback,
  RigClockPoint,
  RigTruth,
  Topology,
  Xrun,
} from './audio-rig';
export { capabilities, type Board, type Capability, type DialectDescription } from './board';
export { startOfReset, type BootSession, type BootStart } from './boot-session';
export type { BoardEvent, BoardEventType, FirmwareIdentity, MarkerEvent } from './board-event';
export type { ChildLauncher } from './child-launcher';
export { delay, type Cancel, type Clock } from './clock';
export { soakPatterns, type LossBounds, type SoakBounds, type SoakPattern, type SoakPlan } from './soak';
export type {
  Console,
  ConsoleLine,
  ConsoleLink,
  ConsoleMatch,
  ConsoleMatchOfAny,
  ExpectOptions,
  StampedLine,
} from './console';
export type { EventSequence } from './event-sequence';
export type { Finding } from './finding';
export type { FunctionCall } from './function-call';
export { HeldEvents, type HeldBounds } from './held-events';
export { keepNewest } from './keep-newest';
export { readLineSequence, type LineStep } from './line-sequence';
export type { Deviation, MediaCounts, ProviderEvent, ProviderEventType, RtpPlace } from './provider-event';
export {
  endedByProvider,
  endedWithoutBoard,
  endInWords,
  sessionEnd,
  type SessionClosed,
} from './session-end';
export type { DirectionFacts, LostBurst, NetworkFacts } from './network-facts';
export {
  directionShape,
  leastBurst,
  type DirectionShape,
  type LinkCut,
  type NetworkShape,
} from './network-shape';
export { providerFaults, type ProviderFault } from './provider-fault';
export {
  defineProvider,
  type OpenProviderPlugin,
  type ProviderPlugin,
  type ProviderPluginContext,
  type UnstampedProviderEvent,
} from './provider-plugin';
export {
  defineDialect,
  type DialectConsoleLine,
  type DialectEvent,
  type DialectLine,
  type DialectPlugin,
  type PromptWay,
} from './dialect-plugin';
export { pluginKind, pluginOf } from './plugin-module';
export type { PortChoice, UsbPortChoice } from './port-choice';
export {
  definePower,
  type Argv,
  type Power,
  type PowerChoice,
  type PowerPlugin,
  type PowerPluginContext,
} from './power';
export {
  downloadSteps,
  resetStepNames,
  type ResetChoice,
  type ResetStepChoice,
  type ResetStepName,
} from './reset-choice';
export {
  providerProtocols,
  realtimeDialects,
  toolRaces,
  upstreamTransports,
  writtenProtocols,
  type ProviderProtocol,
  type RealtimeDialect,
  type ToolRace,
  type UpstreamTransport,
} from './provider-protocol';
export type { PlayedConditions, PromptConditions } from './prompt-conditions';
export { sampleFormats, type SampleFormat } from './sample-format';
export type {
  Delay,
  Scenario,
  ScenarioPacing,
  ScenarioText,
  ScenarioTiming,
  ScenarioTurn,
  ScenarioTurnDetection,
  Spoken,
} from './scenario';
export { kissCodes, type KissCode, type SntpAnswer, type TimeQuestion } from './sntp-answer';
export type { Corpus, SpeechClip } from './speech-clip';
export { endThread } from './end-thread';
export { giveThreadWay } from './give-thread-way';
export { systemClock } from './system-clock';
export { isoNow, systemWallClock, type WallClock } from './wall-clock';
export type {
  AnyTurnRecord,
  BoardDate,
  SavedCapture,
  SentReply,
  TextTurnRecord,
  TurnEnding,
  TurnExpectation,
  OrderedCrash,
  TurnInterruption,
  TurnRecord,
} from './turn-record';
export type {
  HostWindow,
  ReceivedAudio,
  ReceivedPacket,
  ReceivedWindow,
  Stall,
  ReplyRequest,
  TurnScript,
  VoiceProvider,
} from './voice-provider';
