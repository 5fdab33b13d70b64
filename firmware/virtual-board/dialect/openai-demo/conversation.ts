import type { BoardServices } from '../application';
import type { ClientEvent } from '../realtime-ws-messages';
import { CallRunner } from './call-runner';
import { prettyCjson } from './cjson';
import type { Generation } from './generation';
import { betaGreeting, betaUpdate, gaGreeting, gaUpdate, userText } from './messages';
import { printedTranscript } from './printed-transcript';

const TAG = 'OPENAI_APP';

type Fields = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

const callOf = (fields: Fields) => ({
  callId: text(fields['call_id']),
  name: text(fields['name']),
  arguments: text(fields['arguments']),
});

function parsed(message: string): Fields | undefined {
  try {
    return fieldsOf(JSON.parse(message));
  } catch {
    return undefined;
  }
}

/** What goes over an open data channel: set-up, calls, and what is printed of the rest. */
export class Conversation {
  /** The service has taken the tools; with beta messages nobody waits for that. */
  ready = false;
  private readonly calls: CallRunner;

  constructor(
    private readonly services: BoardServices,
    private readonly generation: Generation,
    private readonly sendText: (text: string) => boolean,
    private readonly onPrompt: () => void,
  ) {
    this.calls = new CallRunner(services, generation, (event) => this.send(event));
  }

  begin(): void {
    const { messages, tools } = this.generation;
    if (messages === 'ga') {
      this.send(gaUpdate(tools));
      this.send(gaGreeting);
    } else {
      // The greeting is asked for before the service knows of the tools.
      this.send(betaGreeting);
      this.send(betaUpdate(tools));
      this.ready = true;
    }
  }

  /** Adds a text of the user and asks for nothing; false when the channel is gone. */
  say(words: string): boolean {
    return this.send(userText(words), prettyCjson);
  }

  receive(message: string): void {
    const { console } = this.services;
    const transcript = printedTranscript(message);
    if (transcript !== undefined) console.print(`Transcript: ${transcript}\n`);
    const event = parsed(message);
    if (event === undefined)
      console.print(
        this.generation.messages === 'ga' ? 'Error parsing JSON data\n' : 'Invalid JSON format\n',
      );
    else this.handle(event, message);
  }

  private send(event: ClientEvent, format = this.format): boolean {
    const json = format(event);
    this.services.console.print(`Begin to send json:${json}\n`);
    return this.sendText(json);
  }

  private get format(): (event: ClientEvent) => string {
    return this.generation.messages === 'ga' ? JSON.stringify : prettyCjson;
  }

  private handle(event: Fields, message: string): void {
    const isGa = this.generation.messages === 'ga';
    switch (event['type']) {
      case 'input_audio_buffer.speech_started':
        this.onPrompt();
        break;
      case 'response.function_call_arguments.done':
        if (!('name' in event) || !('arguments' in event)) break;
        if (isGa) this.calls.take(callOf(event));
        else this.calls.takeWithoutResult(callOf(event), message);
        break;
      case 'session.updated':
        if (isGa) this.updated();
        break;
      case 'response.done':
        if (isGa) this.takeCallsOf(fieldsOf(event['response']));
        break;
      case 'error':
        if (isGa) this.services.console.log('E', TAG, `Realtime error: ${message}`);
        break;
      default:
    }
  }

  private updated(): void {
    this.ready = true;
    this.services.console.log('I', TAG, 'Realtime session.updated (tools/config applied)');
  }

  private takeCallsOf({ output }: Fields): void {
    for (const item of Array.isArray(output) ? output.map(fieldsOf) : [])
      if (item['type'] === 'function_call') this.calls.take(callOf(item));
  }
}
