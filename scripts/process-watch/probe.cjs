// Loaded into every process of a harness that is watched (NODE_OPTIONS), beside whatever it does: collects garbage when it is asked and says
// what is left. Its socket keeps no process alive.
const { connect } = require('node:net');
const process = require('node:process');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const { isMainThread } = require('node:worker_threads');

if (isMainThread && process.env.PROCESS_WATCH !== undefined) {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  const socket = connect(process.env.PROCESS_WATCH);
  socket.on('error', () => socket.destroy());
  socket.on('connect', () => socket.write(`${JSON.stringify({ pid: process.pid })}\n`));
  socket.on('data', () => {
    gc();
    const { heapUsed, external } = process.memoryUsage();
    socket.write(`${JSON.stringify({ pid: process.pid, heapBytes: heapUsed + external })}\n`);
  });
  socket.unref();
}
