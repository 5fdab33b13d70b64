import type { BoardConsole } from '../console/board-console';
import type { FaultSwitches } from '../faults';
import type { Markers } from '../markers';
import { confirmationRequest, functionResult, type ClientEvent } from './realtime-ws-messages';
import { executeCall, wrongArgumentsOf } from './realtime-ws-tools';

/** Calls of which the copy in `response.done` is still recognised. */
const REMEMBERED_CALLS = 64;

/** A function call as the service asks for it; `arguments` is JSON text. */
export interface FunctionCall {
  readonly callId: string;
  readonly name: string;
  readonly arguments: string;
}

/** Executes function calls, each `call_id` once, returns the results and asks for the spoken confirmation. */
export class CallDesk {
  private answered: string[] = [];
  /** A result went out since the last `response.done`. */
  private owesConfirmation = false;

  constructor(
    private readonly console: BoardConsole,
    private readonly markers: Markers,
    private readonly faults: FaultSwitches,
    private readonly send: (event: ClientEvent) => void,
  ) {}

  /** Executes a call unless it was executed before. */
  take(call: FunctionCall): void {
    if (this.answered.includes(call.callId)) return;
    this.answered = [...this.answered, call.callId].slice(-REMEMBERED_CALLS);
    if (this.faults.has('lost-call')) return;
    const output = this.execute(call);
    if (this.faults.has('double-call')) this.execute(call);
    this.send(functionResult(call.callId, output));
    this.owesConfirmation = true;
  }

  /** The response that asked is over; a cancelled one gets no confirmation, since the user has the floor. */
  responseDone(cancelled: boolean): void {
    if (this.owesConfirmation && !cancelled) this.send(confirmationRequest);
    this.owesConfirmation = false;
  }

  private execute(call: FunctionCall): string {
    this.markers.callBegun(call.callId, call.name);
    const { lines, output, ok } = executeCall(call.name, call.arguments, wrongArgumentsOf(this.faults));
    // Arguments may be pretty-printed; a JSON string never holds a raw line end, so this changes no value.
    const args = call.arguments.replaceAll(/[\r\n]+/g, ' ');
    this.console.print(`\nFunction Call name=${call.name} call_id=${call.callId} args=${args}\n`);
    for (const line of lines) this.console.print(`${line}\n`);
    this.markers.callDone(call.callId, call.name, ok);
    return output;
  }
}
