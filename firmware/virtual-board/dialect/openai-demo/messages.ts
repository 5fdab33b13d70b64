import type { ClientEvent } from '../realtime-ws-messages';

/** Messages that the demo sends (providers.md 1.1, 2.5, 2.7). Key order is that of the wire. */

const colour = { type: 'integer', minimum: 0, maximum: 255 } as const;

const declarations: Readonly<Record<string, object>> = {
  SetLightState: {
    type: 'function',
    name: 'SetLightState',
    description: 'Turns the light on or off and sets its colour.',
    parameters: {
      type: 'object',
      properties: {
        LightState: { type: 'boolean', description: 'true is on, false is off' },
        LightColor: {
          type: 'object',
          description: 'Colour of the light, each part 0 to 255',
          properties: { red: colour, green: colour, blue: colour },
        },
      },
      required: ['LightState'],
    },
  },
  SetVolume: {
    type: 'function',
    name: 'SetVolume',
    description: 'Sets the volume of the speaker.',
    parameters: {
      type: 'object',
      properties: { volume: { type: 'integer', minimum: 0, maximum: 100 } },
      required: ['volume'],
    },
  },
  OpenDoor: {
    type: 'function',
    name: 'OpenDoor',
    description: 'Opens or closes the door.',
    parameters: {
      type: 'object',
      properties: { open: { type: 'boolean', description: 'true opens, false closes' } },
      required: ['open'],
    },
  },
};

const declared = (tools: readonly string[]): readonly unknown[] => tools.map((name) => declarations[name]);

/** Names all three tools, whatever the list of tools has become. */
const INSTRUCTIONS =
  'You are the voice of a device at home. Answer briefly. You can switch the light and set its colour, set the volume of the ' +
  'speaker, and open or close the door. Use the functions for that.';
const GREETING = 'Greet the user and ask how you can help.';

export const gaUpdate = (tools: readonly string[]): ClientEvent => ({
  type: 'session.update',
  session: {
    type: 'realtime',
    output_modalities: ['audio'],
    instructions: INSTRUCTIONS,
    tools: declared(tools),
    tool_choice: 'auto',
  },
});

export const gaGreeting: ClientEvent = { type: 'response.create', response: { instructions: GREETING } };

export const betaUpdate = (tools: readonly string[]): ClientEvent => ({
  type: 'session.update',
  session: {
    modalities: ['text', 'audio'],
    instructions: INSTRUCTIONS,
    voice: 'alloy',
    input_audio_transcription: null,
    tools: declared(tools),
    tool_choice: 'auto',
  },
});

export const betaGreeting: ClientEvent = {
  type: 'response.create',
  response: { modalities: ['text', 'audio'], instructions: `${INSTRUCTIONS} ${GREETING}` },
};

export const userText = (text: string): ClientEvent => ({
  type: 'conversation.item.create',
  previous_item_id: null,
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
});

export const functionResult = (callId: string, output: string): ClientEvent => ({
  type: 'conversation.item.create',
  previous_item_id: null,
  item: { type: 'function_call_output', call_id: callId, output },
});

export const confirmationRequest: ClientEvent = { type: 'response.create' };
