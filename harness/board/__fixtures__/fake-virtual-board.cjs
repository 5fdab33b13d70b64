/* global process, setInterval -- a plain script that Node runs as it is */
// A child for tests that speaks the IPC and control sides of a virtual board. Its behaviour is its first fault.
const { createServer } = require('node:net');

const fault = process.argv.find((argument) => argument.startsWith('--fault='))?.slice('--fault='.length);

if (fault === 'dies') {
  process.stderr.write('cannot open a pseudo-terminal\n', () => process.exit(7));
} else if (fault === 'mute') {
  process.on('SIGTERM', () => undefined);
  setInterval(() => undefined, 1000);
  process.send({ type: 'alive' });
} else {
  const done = [];
  const answers = {
    reset: (request) => ({ id: request.id, ok: true }),
    fault: (request) =>
      request.name === 'no-such'
        ? { id: request.id, ok: false, error: 'no fault "no-such"' }
        : { id: request.id, ok: true },
    state: (request) => ({
      id: request.id,
      ok: true,
      state: { boot: done.length, running: true, session: 'ready' },
    }),
    unplug: () => process.exit(0),
  };
  const server = createServer((socket) => {
    let pending = '';
    if (fault === 'loses-sound') {
      socket.write('{"event":"of a later version"}\n');
      socket.write(
        '{"event":"sound-xrun","kind":"underrun"}\n{"event":"sound-xrun","kind":"of a later version"}\n',
      );
      socket.write('{"event":"sound-lost","error":"pacat ended"}\n');
    }
    socket.on('data', (bytes) => {
      const lines = (pending + bytes).split('\n');
      pending = lines.pop();
      for (const line of lines) {
        const request = JSON.parse(line);
        done.push(request);
        socket.write(`${JSON.stringify(answers[request.op](request))}\n`);
      }
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const control = { host: '127.0.0.1', port: server.address().port };
    process.send({ type: 'ready', ptyPath: process.argv.slice(2).join(' '), audioLink: control, control });
  });
}
