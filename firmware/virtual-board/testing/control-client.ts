import { connect, type Socket } from 'node:net';
import { Arrivals } from './expectations';

/** A control connection: bytes go out as they are, answers come back as JSON. */
export class ControlClient {
  readonly answers = new Arrivals<Readonly<Record<string, unknown>>>();
  readonly ended: Promise<void>;
  private pending = '';

  private constructor(readonly socket: Socket) {
    this.ended = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      const lines = (this.pending + bytes.toString()).split('\n');
      this.pending = lines.pop() ?? '';
      for (const line of lines) this.answers.add(JSON.parse(line) as Record<string, unknown>);
    });
  }

  static open({ host, port }: { readonly host: string; readonly port: number }): Promise<ControlClient> {
    const socket = connect(port, host);
    return new Promise((resolve) => socket.once('connect', () => resolve(new ControlClient(socket))));
  }

  ask(request: object): Promise<Readonly<Record<string, unknown>>> {
    const answer = this.answers.next();
    this.socket.write(`${JSON.stringify(request)}\n`);
    return answer;
  }

  close(): void {
    this.socket.destroy();
  }
}
