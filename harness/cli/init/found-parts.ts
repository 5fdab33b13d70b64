import { networkInterfaces } from 'node:os';
import { listSerialPorts, portKind, type SerialPortDescription } from '../../board';
import { childEnvironment, liveSettings } from '../../config';
import { providerProtocols, systemClock, type ProviderProtocol } from '../../ports';
import { listSoundCards, pulseDevices, type PulseDevice, type SoundCard } from '../../rig';

/** What a machine has that a bench can be made of. Keys are known by name alone. */
export interface FoundParts {
  /** Those that likely have an ESP32 behind them come first. */
  readonly ports: readonly SerialPortDescription[];
  /** Those that both record and play. */
  readonly cards: readonly SoundCard[];
  /** Of a sound server; undefined: there is none. */
  readonly server:
    { readonly sinks: readonly PulseDevice[]; readonly sources: readonly PulseDevice[] } | undefined;
  /** Providers whose keys are in the environment or in `.env`, with the names of the variables. */
  readonly keys: readonly { readonly protocol: ProviderProtocol; readonly variables: readonly string[] }[];
  /** IPv4 addresses that other machines reach this one by. */
  readonly addresses: readonly string[];
}

/** Looks at this machine; nothing is opened, so no board is disturbed. */
export async function findParts(): Promise<FoundParts> {
  const [ports, cards, server] = await Promise.all([listSerialPorts(), listSoundCards(), soundServer()]);
  const likely = (port: SerialPortDescription): number => (portKind(port) === undefined ? 1 : 0);
  return {
    ports: [...ports].sort((a, b) => likely(a) - likely(b)),
    cards: cards.filter(
      ({ captureDevices, playbackDevices }) => captureDevices.length > 0 && playbackDevices.length > 0,
    ),
    server,
    keys: providerProtocols.flatMap((protocol) => {
      const { credentials, variables } = liveSettings(protocol);
      const isSet = variables.length > 0 && Object.keys(credentials).length === variables.length;
      return isSet ? [{ protocol, variables }] : [];
    }),
    addresses: Object.values(networkInterfaces()).flatMap((all = []) =>
      all.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address),
    ),
  };
}

async function soundServer(): Promise<FoundParts['server']> {
  const asking = { rig: 'of no board', clock: systemClock, environment: childEnvironment({}) };
  try {
    return { sinks: await pulseDevices('sinks', asking), sources: await pulseDevices('sources', asking) };
  } catch {
    // Most machines of a bench have none, or nothing to ask it with; a rig that needs one will say so.
    return undefined;
  }
}
