import { startVirtualBoard, type VirtualBoard, type VirtualBoardOptions } from '../index';
import { ControlClient } from './control-client';
import { fastClock } from './fast-clock';
import { Rig } from './rig';
import { Terminal } from './terminal';
import { ofType, TinyProvider } from './tiny-provider';

/** A board with everything that is plugged into it, in a usable session. */
export class TestBench {
  private constructor(
    readonly provider: TinyProvider,
    readonly board: VirtualBoard,
    readonly terminal: Terminal,
    readonly control: ControlClient,
    readonly rig: Rig,
  ) {}

  /** Powers on and waits until the session is ready and the greeting was asked for. */
  static async open(options: Partial<VirtualBoardOptions> = {}): Promise<TestBench> {
    const provider = await TinyProvider.start();
    // What is printed before the terminal is open is lost, so the board waits in its ROM until then.
    const faults = [...(options.faults ?? []), 'no-boot'];
    const board = await startVirtualBoard(
      { dialect: 'realtime-ws', providerUrl: provider.url, ...options, faults },
      fastClock(40),
    );
    const terminal = await Terminal.open(board.ptyPath);
    const control = await ControlClient.open(board.control);
    const greeted = provider.messages.next(ofType('response.create'));
    await control.ask({ op: 'fault', name: 'no-boot', on: false });
    await control.ask({ op: 'reset' });
    await greeted;
    await terminal.expect(/"type":"response\.create".*\r\n/);
    const rig = await Rig.connect(board.audioLink);
    await rig.greet();
    return new TestBench(provider, board, terminal, control, rig);
  }

  /** The fault is on when this resolves. */
  async fault(name: string, on = true): Promise<void> {
    await this.control.ask({ op: 'fault', name, on });
  }

  async state(): Promise<Readonly<Record<string, unknown>>> {
    return (await this.control.ask({ op: 'state' }))['state'] as Readonly<Record<string, unknown>>;
  }

  /** Everything that was printed until now and what the board prints for a line that the provider causes. */
  async printedSince(from: number): Promise<string> {
    const fence = `fence ${this.terminal.text.length}`;
    this.provider.send({
      type: 'response.output_audio_transcript.done',
      item_id: 'fence',
      transcript: fence,
    });
    await this.terminal.expect(new RegExp(`Transcript: ${fence}\\r\\n`), from);
    return this.terminal.text.slice(from).replace(`Transcript: ${fence}\r\n`, '');
  }

  /** Asks for a call and ends the response, with the copy of the call that the service repeats there. */
  call(name: string, args: string, callId = 'call_1'): void {
    const item = { type: 'function_call', call_id: callId, name, arguments: args };
    this.provider.send({ ...item, type: 'response.function_call_arguments.done', response_id: 'resp_1' });
    this.provider.send({
      type: 'response.done',
      response: { id: 'resp_1', status: 'completed', output: [item] },
    });
  }

  async close(): Promise<void> {
    this.rig.close();
    this.control.close();
    await this.terminal.close();
    await this.board.close();
    await this.provider.close();
  }
}

/** Milliseconds of silence for the microphone. */
export const silence = (durationMs: number): Float32Array => new Float32Array(durationMs * 48);

/** A 440 Hz reply of the service, 24 kHz. */
export const tone = (durationMs: number): Int16Array =>
  Int16Array.from({ length: durationMs * 24 }, (_, n) => 9_000 * Math.sin((2 * Math.PI * 440 * n) / 24_000));
