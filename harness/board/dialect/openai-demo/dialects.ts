import type { Dialect } from '../dialect';
import { createOpenaiDemoReader } from './reader';

const demo = {
  prompt: 'sound',
  project: 'openai_demo',
  startsByItself: true,
  startCommand: 'start',
  stopCommand: 'stop',
  crashCommand: 'assert',
  memoryCommand: 'i',
  createReader: createOpenaiDemoReader,
} as const satisfies Partial<Dialect>;

const PRINTED_VOLUME = 'SetVolume is printed only: the loudness of the speaker does not follow it.';
const GDB_STUB = 'A crash ends in the GDB stub: nothing restarts the board but a reset.';

/** Espressif's WebRTC demo for the OpenAI Realtime API (GA): generation G1, and G0 as far as it gets. */
export const openaiDemo: Dialect = {
  ...demo,
  description: {
    name: 'openai-demo',
    firmware: 'Espressif openai_demo (WebRTC, OpenAI Realtime GA)',
    protocol: 'openai-realtime',
    capabilities: [
      'audio',
      'greeting',
      'barge-in',
      'console-input',
      'session-commands',
      'call-results',
      'boot-log',
      'crash-command',
      'SetLightState',
      'SetVolume',
      'OpenDoor',
    ],
    knownGaps: [
      PRINTED_VOLUME,
      GDB_STUB,
      'Of several calls in one response each is executed twice: the firmware remembers the latest call_id only.',
      'A transcript ends at the first quotation mark in it.',
      'Generation G0 signs in to the GA API and sends beta messages: its tools and its greeting are refused.',
    ],
  },
};

/** The demo before it spoke GA: the fork for M5Stack's AtomS3R (generation B0), B1 and B2. */
export const openaiDemoBeta: Dialect = {
  ...demo,
  // Its board has its console on native USB, where the firmware prints and does not listen.
  readsConsole: false,
  description: {
    name: 'openai-demo-beta',
    firmware: 'openai_demo of the M5Stack AtomS3R fork (WebRTC, OpenAI Realtime beta)',
    protocol: 'openai-realtime',
    capabilities: openaiDemo.description.capabilities.filter((one) => one !== 'call-results'),
    unadvertised: ['SetVolume'],
    knownGaps: [
      'SetVolume is lost from the list of tools (generation B0): no provider is told of it, and nothing executes it.',
      PRINTED_VOLUME,
      GDB_STUB,
      'No result of a call is returned, so the provider never confirms what was done.',
      'The greeting is asked for before the tools are declared.',
      'A transcript ends at the first quotation mark in it.',
      'The vendor has switched the beta API off: this firmware can only be tested against a mock.',
    ],
  },
};
