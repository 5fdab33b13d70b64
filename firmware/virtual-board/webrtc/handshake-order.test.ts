import { seededUniform } from '../../../harness/units';
import { HandshakeOrder } from './handshake-order';

const HANDSHAKE = 22;

function record(contentType: number, epoch: number, content: Buffer): Buffer {
  const header = Buffer.from([contentType, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 9, 0, 0]);
  header.writeUInt16BE(content.length, 11);
  return Buffer.concat([header, content]);
}

/** A piece of a handshake message in a record of its own. */
function piece(type: number, number: number, body: Buffer, from = 0, to = body.length): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(type, 0);
  header.writeUIntBE(body.length, 1, 3);
  header.writeUInt16BE(number, 4);
  header.writeUIntBE(from, 6, 3);
  header.writeUIntBE(to - from, 9, 3);
  return record(HANDSHAKE, 0, Buffer.concat([header, body.subarray(from, to)]));
}

const body = (length: number, fill: number): Buffer => Buffer.alloc(length, fill);
const hello = piece(1, 0, body(60, 1));
const helloWithCookie = piece(1, 1, body(80, 2));
const certificate = piece(11, 2, body(300, 3));
const keyExchange = piece(16, 3, body(66, 4));
const proof = piece(15, 4, body(80, 5));
const changeCipher = record(20, 0, Buffer.from([1]));
const finished = record(HANDSHAKE, 1, body(40, 6));
const flight = [certificate, keyExchange, proof, changeCipher, finished];

function greeted(): HandshakeOrder {
  const order = new HandshakeOrder();
  expect([...order.take(hello), ...order.take(helloWithCookie)]).toEqual([hello, helloWithCookie]);
  return order;
}
const withoutChanges = (records: readonly Buffer[]): Buffer[] =>
  records.filter((one) => !one.equals(changeCipher));

it('hands a flight on as it is, in one datagram or in five', () => {
  expect(greeted().take(Buffer.concat(flight))).toEqual(flight);
  const order = greeted();
  expect(flight.flatMap((one) => order.take(one))).toEqual(flight);
});

it('hands each message on once and in order, whatever the order and however often they come', () => {
  const random = seededUniform(8);
  for (let round = 0; round < 200; round++) {
    const order = greeted();
    const came = [...flight, ...flight.slice(0, 4)]
      .map((one) => ({ one, at: random() }))
      .sort((a, b) => a.at - b.at)
      .flatMap(({ one }) => order.take(one));
    expect(withoutChanges(came)).toEqual(withoutChanges(flight));
  }
});

it('puts a message together of pieces in any order, some of them twice', () => {
  const order = greeted();
  const whole = Buffer.from(Array.from({ length: 300 }, (_, n) => n & 0xff));
  expect(order.take(piece(11, 2, whole, 200))).toEqual([]);
  expect(order.take(piece(11, 2, whole, 0, 120))).toEqual([]);
  expect(order.take(piece(11, 2, whole, 50, 120))).toEqual([]);
  expect(order.take(piece(11, 2, whole, 100, 210))).toEqual([piece(11, 2, whole)]);
});

it('lets the newest greeting repeat, so that the server does, and no older one, which would begin anew', () => {
  const order = new HandshakeOrder();
  expect([order.take(hello), order.take(hello)]).toEqual([[hello], [hello]]);
  expect([order.take(helloWithCookie), order.take(helloWithCookie)]).toEqual([
    [helloWithCookie],
    [helloWithCookie],
  ]);
  expect(order.take(hello)).toEqual([]);
  order.take(Buffer.concat(flight));
  expect(order.take(helloWithCookie)).toEqual([]);
});

it('passes the last message as often as it comes once the client has proved itself, and not before', () => {
  const order = greeted();
  expect(order.take(finished)).toEqual([]);
  order.take(Buffer.concat([certificate, keyExchange]));
  expect(order.take(proof)).toEqual([proof, finished]);
  expect(order.take(finished)).toEqual([finished]);
});

it('passes all that is no handshake, and keeps nothing that is none', () => {
  const order = greeted();
  const alert = record(21, 0, Buffer.from([1, 0]));
  expect(order.take(alert)).toEqual([alert]);
  const far = piece(11, 900, body(10, 7));
  const long = record(HANDSHAKE, 0, Buffer.from('0bffffff0002000000000001aa', 'hex'));
  const beyond = record(HANDSHAKE, 0, Buffer.from('0b0000010002000000000002aaaa', 'hex'));
  expect([far, long, beyond].flatMap((one) => order.take(one))).toEqual([]);
  expect(order.take(Buffer.concat(flight))).toEqual(flight);
});

it('takes a datagram that breaks off anywhere, up to its last whole record', () => {
  const datagram = Buffer.concat(flight);
  for (let length = 0; length < datagram.length; length++) {
    const came = greeted().take(datagram.subarray(0, length));
    expect(flight.slice(0, came.length)).toEqual(came);
  }
});
