import type { BoardServices } from '../application';
import type { ClientEvent } from '../realtime-ws-messages';
import { executeCall, wrongArgumentsOf } from '../realtime-ws-tools';
import type { Generation } from './generation';
import { confirmationRequest, functionResult } from './messages';

/** What the service says of a call, as it arrived. */
export interface CallFields {
  readonly callId: string;
  readonly name: string;
  readonly arguments: string;
}

/**
 * Executes the calls of GA messages. It remembers the latest `call_id` only: the service tells each call twice, so that two
 * calls of one response are each executed twice.
 */
export class CallRunner {
  private latest: string | undefined;

  constructor(
    private readonly services: BoardServices,
    private readonly generation: Generation,
    private readonly send: (event: ClientEvent) => void,
  ) {}

  /** Executes a call unless it is the latest; the result and the wish for a confirmation go out at once. */
  take(call: CallFields): void {
    if (call.callId === this.latest) return;
    this.latest = call.callId;
    if (this.services.faults.has('lost-call')) return;
    const heading = `\nFunction Call name=${call.name} call_id=${call.callId} args=${call.arguments}\n`;
    const output = this.execute(call, heading);
    this.send(functionResult(call.callId, output));
    this.send(confirmationRequest);
  }

  /** Executes a call of beta messages, of which no result is returned. */
  takeWithoutResult(call: CallFields, message: string): void {
    if (this.services.faults.has('lost-call')) return;
    this.execute(call, `Function Call ${message}\n`);
  }

  private execute(call: CallFields, heading: string): string {
    const { console, faults } = this.services;
    const isKnown = this.generation.tools.includes(call.name);
    const { lines, output } = executeCall(isKnown ? call.name : '', call.arguments, wrongArgumentsOf(faults));
    for (let times = faults.has('double-call') ? 2 : 1; times > 0; times--)
      console.print([heading, ...lines.map((line) => `${line}\n`)].join(''));
    return output;
  }
}
