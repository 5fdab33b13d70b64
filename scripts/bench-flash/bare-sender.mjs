// What bounds a flasher: the bytes of the image, framed before the clock starts, sent block by block, each once the one before was answered.
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

const op = {
  memBegin: 0x05,
  memEnd: 0x06,
  memData: 0x07,
  sync: 0x08,
  changeBaud: 0x0f,
  deflBegin: 0x10,
  deflData: 0x11,
};
const MARK = 0xc0;
const ESCAPE = 0xdb;
const CODE_AT = 0x40378000;
const ROM_BAUD = 115_200;

function words(...values) {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32LE(value, 4 * index));
  return bytes;
}

function framed(payload) {
  const wire = [MARK];
  for (const byte of payload) {
    if (byte === MARK) wire.push(ESCAPE, 0xdc);
    else if (byte === ESCAPE) wire.push(ESCAPE, 0xdd);
    else wire.push(byte);
  }
  wire.push(MARK);
  return Buffer.from(wire);
}

function request(code, data, checksum = 0) {
  const head = Buffer.from([0, code, data.length & 0xff, data.length >> 8]);
  return framed(Buffer.concat([head, words(checksum), data]));
}

function block(code, bytes, number) {
  let sum = 0xef;
  for (const byte of bytes) sum ^= byte;
  return request(code, Buffer.concat([words(bytes.length, number, 0, 0), bytes]), sum);
}

/** Resolves with the first answer to a request, which is not looked at any closer than that it reports success. */
function ask(transport, wire, frames = 1) {
  return new Promise((resolve, reject) => {
    let heard = Buffer.alloc(0);
    const cancel = transport.onBytes((bytes) => {
      heard = Buffer.concat([heard, bytes]);
      if (heard.filter((byte) => byte === MARK).length < 2 * frames) return;
      cancel();
      // The stub ends an answer with status and error.
      if (heard.at(-3) === 0) resolve();
      else reject(new Error(`the loader answered ${heard.toString('hex')}`));
    });
    transport.write(wire).catch(reject);
  });
}

/**
 * Sends a packed image into a board that waits in its ROM's loader.
 * @param blocks - Pieces of a zlib stream.
 * @returns Milliseconds from the announcement to the answer to the last block, and bytes that went over the wire meanwhile.
 */
export async function sendBare(transport, { blocks, sizeBytes, baudRate }) {
  const code = Buffer.alloc(64);
  await ask(
    transport,
    request(op.sync, Buffer.concat([Buffer.from('07071220', 'hex'), Buffer.alloc(32, 0x55)])),
    8,
  );
  await ask(transport, request(op.memBegin, words(code.length, 1, 0x1800, CODE_AT)));
  await ask(transport, block(op.memData, code, 0));
  // Behind its answer comes the greeting of the stub.
  await ask(transport, request(op.memEnd, words(0, CODE_AT)), 2).catch(() => undefined);
  await ask(transport, request(op.changeBaud, words(baudRate, ROM_BAUD)));
  await transport.setBaudRate(baudRate);
  await setTimeout(100);
  const begin = request(op.deflBegin, words(sizeBytes, blocks.length, 0x4000, 0));
  const wires = blocks.map((bytes, number) => block(op.deflData, bytes, number));
  const startedAt = performance.now();
  await ask(transport, begin);
  for (const wire of wires) await ask(transport, wire);
  return {
    forMs: performance.now() - startedAt,
    wireBytes: wires.reduce((sum, { length }) => sum + length, begin.length),
  };
}
