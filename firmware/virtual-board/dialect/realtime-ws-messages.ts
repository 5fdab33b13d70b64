/** Messages that the firmware sends, GA shape (providers.md 2.5 and 2.7). Key order is that of the wire. */

const pcm = { type: 'audio/pcm', rate: 24000 } as const;

const colour = { type: 'integer', minimum: 0, maximum: 255 } as const;

/** Tools as they are declared, in order. */
export const tools = [
  {
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
          required: ['red', 'green', 'blue'],
        },
      },
      required: ['LightState'],
    },
  },
  {
    type: 'function',
    name: 'SetVolume',
    description: 'Sets the volume of the speaker.',
    parameters: {
      type: 'object',
      properties: { volume: { type: 'integer', minimum: 0, maximum: 100 } },
      required: ['volume'],
    },
  },
  {
    type: 'function',
    name: 'OpenDoor',
    description: 'Opens or closes the door.',
    parameters: {
      type: 'object',
      properties: { open: { type: 'boolean', description: 'true opens, false closes' } },
      required: ['open'],
    },
  },
] as const;

/** A client event, ready for JSON. */
export interface ClientEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export const sessionUpdate: ClientEvent = {
  type: 'session.update',
  session: {
    type: 'realtime',
    output_modalities: ['audio'],
    instructions:
      'You are the voice of a smart home device. Answer briefly. Use the functions to switch the light, to set the ' +
      'volume and to open or close the door, and then confirm in one short sentence.',
    audio: {
      input: {
        format: pcm,
        turn_detection: {
          type: 'server_vad',
          threshold: 0.5,
          prefix_padding_ms: 300,
          silence_duration_ms: 200,
          create_response: true,
          interrupt_response: true,
        },
      },
      output: { format: pcm, voice: 'alloy' },
    },
    tools,
    tool_choice: 'auto',
  },
};

export const greetingRequest: ClientEvent = {
  type: 'response.create',
  response: { instructions: 'Greet the user and ask how you can help.' },
};

export const confirmationRequest: ClientEvent = { type: 'response.create' };

export const userText = (text: string): ClientEvent => ({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
});

export const functionResult = (callId: string, output: string): ClientEvent => ({
  type: 'conversation.item.create',
  item: { type: 'function_call_output', call_id: callId, output },
});

export const truncation = (itemId: string, audioEndMs: number): ClientEvent => ({
  type: 'conversation.item.truncate',
  item_id: itemId,
  content_index: 0,
  audio_end_ms: audioEndMs,
});
