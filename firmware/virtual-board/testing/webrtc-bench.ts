import { startVirtualBoard, type VirtualBoard, type VirtualDialect } from '../index';
import type { AudioFormat } from '../webrtc/audio-format';
import { ControlClient } from './control-client';
import { fastClock } from './fast-clock';
import { Rig } from './rig';
import { Terminal } from './terminal';
import { TinyWebRtcProvider } from './tiny-webrtc-provider';

/** A board that signs in to a service of the test over WebRTC, with everything that is plugged into it. */
export class WebRtcBench {
  private constructor(
    readonly provider: TinyWebRtcProvider,
    readonly board: VirtualBoard,
    readonly terminal: Terminal,
    readonly control: ControlClient,
    readonly rig: Rig,
  ) {}

  /** The board waits in its ROM until the terminal is open; `prepare` is called before it boots. */
  static async open(
    dialect: VirtualDialect,
    format: AudioFormat,
    prepare: (provider: TinyWebRtcProvider) => void = () => undefined,
    faults: readonly string[] = [],
  ): Promise<WebRtcBench> {
    const provider = await TinyWebRtcProvider.start(format);
    prepare(provider);
    const board = await startVirtualBoard(
      { dialect, providerUrl: provider.url, faults: [...faults, 'no-boot'] },
      fastClock(20),
    );
    const terminal = await Terminal.open(board.ptyPath);
    const control = await ControlClient.open(board.control);
    const rig = await Rig.connect(board.audioLink);
    await rig.greet();
    await control.ask({ op: 'fault', name: 'no-boot', on: false });
    await control.ask({ op: 'reset' });
    return new WebRtcBench(provider, board, terminal, control, rig);
  }

  async fault(name: string, on = true): Promise<void> {
    await this.control.ask({ op: 'fault', name, on });
  }

  async state(): Promise<Readonly<Record<string, unknown>>> {
    return (await this.control.ask({ op: 'state' }))['state'] as Readonly<Record<string, unknown>>;
  }

  /** Everything that was printed from a position on, up to what the service makes the board print now. */
  async printedSince(from: number): Promise<string> {
    const fence = `fence ${this.terminal.text.length}`;
    this.provider.send({ type: 'fence', transcript: fence });
    await this.terminal.expect(new RegExp(`Transcript: ${fence}\\r\\n`), from);
    return this.terminal.text.slice(from).replace(`Transcript: ${fence}\r\n`, '');
  }

  async close(): Promise<void> {
    this.rig.close();
    this.control.close();
    await this.terminal.close();
    await this.board.close();
    await this.provider.close();
  }
}
