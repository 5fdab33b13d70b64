export { HostClient, type RemoteError } from './rpc/client';
export type {
  BenchDescription,
  HostMethod,
  HostMethods,
  SessionResult,
  TurnResult,
} from './rpc/protocol';
