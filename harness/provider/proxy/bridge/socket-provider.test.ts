/** Replies of a provider that sends on after they were cut off, as deltas that were on their way are. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { systemClock } from '../../../ports';
import type { UnstampedEvent } from '../../event-log';
import type { WireEvent } from '../../mock/openai-realtime/wire-events';
import { upstreamOf } from '../upstreams';
import type { ProviderSide, ProviderSideContext, ReachContext } from './provider-side';
import { reachBySocket } from './socket-provider';

const codec = { name: 'PCMU', payloadType: 0, clockRateHz: 8_000 } as const;
const sound = Buffer.alloc(2 * 480 * 5).toString('base64');
const created = (id: string): object => ({ type: 'response.created', response: { id } });
const says = (id: string): object => ({
  type: 'response.output_audio.delta',
  response_id: id,
  item_id: `item_${id}`,
  delta: sound,
});
const done = (id: string): object => ({ type: 'response.done', response: { id } });

let server: WebSocketServer;
let socket: WebSocket;
let side: ProviderSide;
let spoken: Set<string>;
let told: (event: WireEvent) => void;
/** Resolves with the next event of this kind that the board gets. */
const next = (type: string): Promise<WireEvent> =>
  new Promise((resolve) => {
    told = (event) => event.type === type && resolve(event);
  });
const send = (...events: readonly object[]): void =>
  events.forEach((event) => socket.send(JSON.stringify(event)));

beforeEach(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.once('connection', (accepted) => {
    socket = accepted;
    send({ type: 'session.created', session: {} });
  });
  const upstreamUrl = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const upstream = upstreamOf('openai-realtime', { upstreamUrl, unixNowMs: () => 0 });
  const asked = { authorization: undefined, model: undefined, session: undefined, codec };
  const taken = await reachBySocket(asked, { upstream, clock: systemClock } as unknown as ReachContext);
  if (typeof taken !== 'function') throw new Error(taken.message);
  spoken = new Set();
  told = () => undefined;
  side = taken({
    clock: systemClock,
    codec,
    traffic: { message: () => undefined },
    log: (event: UnstampedEvent) => event.type === 'audio-out' && spoken.add(event.responseId),
    board: { event: (event: WireEvent) => told(event), sendPacket: () => undefined, gone: () => undefined },
  } as unknown as ProviderSideContext);
});
afterEach(() => {
  side.close();
  server.close();
});

it('lets nothing more out of a reply that was cleared, and the next one as ever', async () => {
  const started = next('output_audio_buffer.started');
  send(created('r1'), says('r1'));
  await started;
  side.send({ type: 'output_audio_buffer.clear' }, 0);
  spoken.clear();
  const stopped = next('output_audio_buffer.stopped');
  send(says('r1'), done('r1'), created('r2'), says('r2'), done('r2'));
  expect(await stopped).toMatchObject({ response_id: 'r2' });
  expect([...spoken]).toEqual(['r2']);
});

it.each<[string, () => void]>([
  ['the board clears', () => side.send({ type: 'output_audio_buffer.clear' }, 0)],
  ['the board is spoken to', () => send({ type: 'input_audio_buffer.speech_started' })],
])('lets nothing out of a reply of which no sound had come when %s', async (_, cut) => {
  const begun = next('response.created');
  send(created('r1'));
  await begun;
  cut();
  const stopped = next('output_audio_buffer.stopped');
  send(says('r1'), done('r1'), created('r2'), says('r2'), done('r2'));
  expect(await stopped).toMatchObject({ response_id: 'r2' });
  expect([...spoken]).toEqual(['r2']);
});
