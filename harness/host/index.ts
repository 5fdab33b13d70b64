export type { HostInit, HostMessage, TextTurnProgress, TurnProgress } from './host-messages';
export { HostFailure, launchHost, newRpcAddress, type HostProcess } from './launch-host';
export { HostClient, type RemoteError } from './rpc/client';
export type {
  BenchDescription,
  HostMethod,
  HostMethods,
  RestResult,
  SessionResult,
  TextTurnResult,
  TurnResult,
} from './rpc/protocol';
export { serveHost, type HostChannel } from './serve-host';
export type { TestRecord } from '../run';
