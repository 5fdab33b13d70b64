/** Faults of a call whose answer is good: what the client, on a WebRTC stack of its own, sees of them. */
import { systemClock, type ProviderFault } from '../../../../ports';
import { ManualClock } from '../../../../board/__fixtures__/manual-clock';
import { eventOf } from '../../../__fixtures__/event-of';
import { scenario, smallCorpus } from '../../../__fixtures__/small-corpus';
import type { MockProvider } from '../../mock-options';
import { createMockProvider } from '../mock-provider';
import { CallClient } from './__fixtures__/call-client';

const corpus = smallCorpus();
let provider: MockProvider;
let client: CallClient;

async function call(fault: ProviderFault, clock = systemClock): Promise<Response> {
  provider = await createMockProvider({ scenario, corpus, clock });
  await provider.expectTurn({ turnId: 't1', fault });
  client = new CallClient();
  const url = new URL('/v1/realtime/calls?model=gpt-realtime', provider.url.replace('ws:', 'http:'));
  return client.call(url.href);
}
afterEach(async () => {
  await client.close();
  await provider.close();
});

const codesIn = ({ events }: MockProvider): readonly string[] =>
  events.flatMap((event) => (event.type === 'error' ? [event.code] : []));
const deviationsIn = ({ events }: MockProvider): readonly string[] =>
  events.flatMap((event) => (event.type === 'deviation' ? [event.code] : []));
const typesIn = ({ events }: MockProvider): readonly string[] => events.map(({ type }) => type);

it('dtls-refused: ICE connects, the handshake is broken off, and no session begins', async () => {
  const { status } = await call('dtls-refused');
  expect(status).toBe(201);
  const { peer } = client;
  const reached: string[] = [peer.iceConnectionState];
  peer.iceConnectionStateChange.subscribe((state) => reached.push(state));
  await eventOf(provider, ({ type }) => type === 'error');
  expect(reached).toContain('connected');
  expect(codesIn(provider)).toEqual(['peer_never_connected']);
  expect(deviationsIn(provider)).toEqual(['certificate-refused']);
  expect(typesIn(provider)).not.toContain('session-open');
  expect(peer.connectionState).not.toBe('connected');
  // werift repeats its part of a handshake for half a minute, closed or not, until it takes it for done.
  for (const { dtls } of peer.dtlsTransports) if (dtls !== undefined) dtls.dtls.flight = 6;
  expect(client.events).toEqual([]);
});

it('peer-silent: the answer is good, nobody answers its candidates, and the call is given up after 20 s', async () => {
  const clock = new ManualClock();
  const { status } = await call('peer-silent', clock);
  expect(status).toBe(201);
  clock.advance(19_999);
  expect(codesIn(provider)).toEqual([]);
  clock.advance(1);
  expect(codesIn(provider)).toEqual(['peer_never_connected']);
  expect(deviationsIn(provider)).toEqual(['peer-gone']);
  expect(typesIn(provider)).not.toContain('session-open');
  expect(['new', 'checking']).toContain(client.peer.iceConnectionState);
});

it('no-session-created: the first event answers the client', async () => {
  await call('no-session-created');
  await eventOf(provider, ({ type }) => type === 'session-open');
  client.send({ type: 'session.update', session: { type: 'realtime' } });
  await client.next('session.updated');
  expect(client.types()).toEqual(['session.updated']);
  expect(deviationsIn(provider)).toEqual(['session-untold']);
});

it('channel-closes: half of a reply is told of, and the whole of it is heard', async () => {
  await call('channel-closes');
  await client.next('session.created');
  client.send({ type: 'response.create' });
  await client.channelClosed;
  const soFar = client.received.length;
  await eventOf(provider, ({ type }) => type === 'response-done');
  const whole = Math.ceil(corpus.replies.get('en-greeting-a')!.lengthSamples / 480);
  await client.packets(whole);
  expect(soFar).toBeLessThan(0.75 * whole);
  expect(client.types()).toContain('output_audio_buffer.started');
  expect(client.types()).not.toContain('output_audio_buffer.stopped');
  expect(typesIn(provider)).not.toContain('session-closed');
  expect(deviationsIn(provider)).toEqual(['channel-closed']);
});
