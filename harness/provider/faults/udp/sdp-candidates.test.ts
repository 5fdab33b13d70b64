import { candidatesIn, withCandidates } from './sdp-candidates';

const offer = [
  'v=0',
  'o=- 1 0 IN IP4 192.168.1.20',
  'm=audio 50000 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 192.168.1.20',
  'a=rtcp:50001 IN IP4 192.168.1.20',
  'a=candidate:1 1 UDP 2130706431 192.168.1.20 50000 typ host',
  'a=candidate:2 1 udp 2130706430 fd00::20 50000 typ host generation 0',
  'a=candidate:3 1 tcp 1518280447 192.168.1.20 9 typ host tcptype active',
  'a=candidate:4 1 udp 2130706429 7d1c0a2e-1f.local 50002 typ host',
  'a=candidate:5 1 udp 2130706429 fe80::1 50003 typ host',
  'a=candidate:6 1 udp 1694498815 203.0.113.5 50004 typ srflx raddr 192.168.1.20 rport 50000',
  'a=end-of-candidates',
  'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP6 fd00::20',
  'a=candidate:1 1 UDP 2130706431 192.168.1.20 50000 typ host',
  '',
].join('\r\n');

it('finds each place once: UDP, by number, not of one cable only', () => {
  expect(candidatesIn(offer)).toEqual([
    { address: '192.168.1.20', port: 50_000 },
    { address: 'fd00::20', port: 50_000 },
    { address: '203.0.113.5', port: 50_004 },
  ]);
  expect(candidatesIn(offer.replaceAll('\r\n', '\n'))).toHaveLength(3);
  expect(candidatesIn('v=0\r\n')).toEqual([]);
});

it('puts others in their place, and tells the way around them nowhere', () => {
  const shown = withCandidates(offer, ({ address, port }) =>
    address.includes(':') ? { address: '::1', port: port + 1 } : { address: '127.0.0.1', port: port + 2 },
  );
  expect(shown.split('\r\n').slice(2)).toEqual([
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    'a=candidate:1 1 UDP 2130706431 127.0.0.1 50002 typ host',
    'a=candidate:2 1 udp 2130706430 ::1 50001 typ host generation 0',
    'a=candidate:6 1 udp 1694498815 127.0.0.1 50006 typ srflx raddr 0.0.0.0 rport 0',
    'a=end-of-candidates',
    'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP6 ::',
    'a=candidate:1 1 UDP 2130706431 127.0.0.1 50002 typ host',
    '',
  ]);
});

it('leaves out what has no place', () => {
  expect(withCandidates(offer, () => undefined)).not.toContain('a=candidate');
});
