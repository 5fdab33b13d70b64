/** Where the connection stands, by the names of the demo's events. */
export type ConnectionEvent =
  | 'connecting'
  | 'paired'
  | 'connected'
  | 'connect-failed'
  | 'disconnected'
  | 'channel-connected'
  | 'channel-disconnected'
  | 'channel-opened'
  | 'channel-closed';

/** Where the peer stands, by the names of esp_peer's states. */
export type PeerState = 'closed' | 'disconnected' | 'new' | 'paired' | 'connecting' | 'connected' | 'failed';

/** Numbers that the demo prints; undefined: this generation does not print it. */
export interface Numbering {
  readonly events: Readonly<Partial<Record<ConnectionEvent, number>>>;
  readonly states: Readonly<Record<PeerState, number>>;
}

const oldNumbers: Numbering = {
  events: {
    connected: 1,
    'connect-failed': 2,
    disconnected: 3,
    'channel-connected': 4,
    'channel-disconnected': 5,
    'channel-opened': 6,
    'channel-closed': 7,
  },
  states: { closed: 0, disconnected: 1, new: 2, paired: 4, connecting: 5, connected: 6, failed: 7 },
};

const newNumbers: Numbering = {
  events: {
    connecting: 1,
    paired: 2,
    connected: 3,
    'connect-failed': 4,
    disconnected: 5,
    'channel-connected': 6,
    'channel-disconnected': 7,
    'channel-opened': 8,
    'channel-closed': 9,
  },
  states: { closed: 0, disconnected: 1, new: 2, paired: 5, connecting: 6, connected: 7, failed: 8 },
};

/** What distinguishes the generations of openai_demo: the table of device.md 9.4. */
export interface Generation {
  readonly numbering: Numbering;
  readonly channelLabel: string;
  readonly signalling: 'ga' | 'beta';
  readonly messages: 'ga' | 'beta';
  /** Names of the tools in the order in which they are declared; the others are neither declared nor executed. */
  readonly tools: readonly string[];
  readonly hasDumpCommand: boolean;
}

const prepended = ['OpenDoor', 'SetVolume', 'SetLightState'] as const;

export const generations = {
  /** Before September 2025, and the M5Stack fork: adding a class to the list drops the one before, so that SetVolume is lost. */
  B0: {
    numbering: oldNumbers,
    channelLabel: 'esp_channel',
    signalling: 'beta',
    messages: 'beta',
    tools: ['SetLightState', 'OpenDoor'],
    hasDumpCommand: true,
  },
  B1: {
    numbering: oldNumbers,
    channelLabel: 'esp_channel',
    signalling: 'beta',
    messages: 'beta',
    tools: prepended,
    hasDumpCommand: false,
  },
  B2: {
    numbering: newNumbers,
    channelLabel: 'esp_channel',
    signalling: 'beta',
    messages: 'beta',
    tools: prepended,
    hasDumpCommand: false,
  },
  /** Signs in to the GA API and then sends it what the beta understood. */
  G0: {
    numbering: newNumbers,
    channelLabel: 'esp_channel',
    signalling: 'ga',
    messages: 'beta',
    tools: prepended,
    hasDumpCommand: false,
  },
  G1: {
    numbering: newNumbers,
    channelLabel: 'oai-events',
    signalling: 'ga',
    messages: 'ga',
    tools: prepended,
    hasDumpCommand: false,
  },
} as const satisfies Readonly<Record<string, Generation>>;
