import { createServer, type Server, type Socket } from 'node:net';

/** A TCP server that answers bytes by a table, as text of hex digits, and keeps what it was sent. */
export interface ScriptedServer {
  readonly port: number;
  /** Everything that clients sent, as hex. */
  readonly received: string;
  /** Resolves when clients have sent this, given as hex. */
  sent(hex: string): Promise<void>;
  say(bytes: Buffer): void;
  /** Sends to a client as soon as it comes. */
  greeting: Buffer | undefined;
  /** Ends a client's connection once it was greeted. */
  hangsUp: boolean;
  cut(): void;
  close(): Promise<void>;
}

/**
 * Listens on loopback.
 * @param answers - What to say when the stream of a client has come to hold the key, each time anew.
 */
export async function startScriptedServer(
  answers: Readonly<Record<string, string>>,
): Promise<ScriptedServer> {
  let received = '';
  const clients = new Set<Socket>();
  let waiting: (() => void)[] = [];
  const server: Server = createServer((socket) => {
    clients.add(socket);
    let unread = '';
    socket.on('error', () => socket.destroy());
    socket.on('close', () => clients.delete(socket));
    if (scripted.greeting !== undefined) socket.write(scripted.greeting);
    if (scripted.hangsUp) socket.end();
    socket.on('data', (bytes) => {
      received += bytes.toString('hex');
      unread += bytes.toString('hex');
      for (let found = firstIn(unread); found !== undefined; found = firstIn(unread)) {
        socket.write(Buffer.from(answers[found] ?? '', 'hex'));
        unread = unread.slice(unread.indexOf(found) + found.length);
      }
      for (const check of waiting.splice(0)) check();
    });
  });
  const firstIn = (text: string): string | undefined =>
    Object.keys(answers)
      .filter((key) => text.includes(key))
      .sort((one, other) => text.indexOf(one) - text.indexOf(other))[0];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const scripted: ScriptedServer = {
    port: (server.address() as { port: number }).port,
    get received() {
      return received;
    },
    sent: (hex) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (received.includes(hex)) resolve();
          else waiting = [...waiting, check];
        };
        check();
      }),
    say: (bytes) => clients.forEach((client) => client.write(bytes)),
    greeting: undefined,
    hangsUp: false,
    cut: () => clients.forEach((client) => client.destroy()),
    close: () => {
      for (const client of clients) client.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return scripted;
}
