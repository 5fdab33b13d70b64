import * as werift from 'werift';
import { opus } from './audio-format';
import { WebRtcPeer } from './peer';

const peer = (): WebRtcPeer =>
  new WebRtcPeer(
    werift,
    {
      format: opus(16_000, 32_000),
      channelLabel: 'oai-events',
      iceLite: true,
      onLoopback: true,
      after: () => () => undefined,
    },
    {
      connected: () => undefined,
      channelOpened: () => undefined,
      message: () => undefined,
      packet: () => undefined,
      lost: () => undefined,
    },
  );

it.each(['cut', 'close'] as const)('%s while it makes its offer leaves no error behind', async (how) => {
  for (let turns = 0; turns < 12; turns++) {
    const board = peer();
    const offer = board.offer();
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    board[how]();
    // Empty where it was too early for one.
    await expect(offer).resolves.toMatch(/^$|^v=0/);
  }
});
