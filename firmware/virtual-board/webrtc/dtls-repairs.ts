import type { RTCDtlsTransport, RTCIceTransport } from 'werift';
import { HandshakeOrder } from './handshake-order';

/** Where a record's number stands in it, in six bytes behind its epoch: RFC 6347 section 4.1. */
const RECORD_NUMBER_AT = 5;

/** What a connection sends and receives by, before it is connected. */
export interface Transports {
  readonly ice: RTCIceTransport;
  readonly dtls: RTCDtlsTransport;
  readonly isOver: () => boolean;
}

/** Does for a DTLS server of werift's what the firmware's own does, on a network that loses packets or not. */
export function repairDtls(transports: Transports): void {
  keepEarlyDatagrams(transports);
  numberOn(transports);
}

/**
 * The other side may begin its handshake before the board has read its answer. A socket's buffer holds that; werift drops it,
 * which would cost a second until it is sent again.
 */
function keepEarlyDatagrams({ ice, dtls, isOver }: Transports): void {
  const kept: Buffer[] = [];
  const { onData } = ice.connection;
  const keeping = onData.subscribe((data) => kept.push(data));
  const listening = dtls.onStateChange.subscribe((state) => {
    if (state === 'new') return;
    listening.unSubscribe();
    // The handshake listens once this callback is over. The next datagram may be the next callback of the same turn, and an order
    // that has not seen the first message waits for it for ever: so not a turn later.
    queueMicrotask(() => {
      keeping.unSubscribe();
      orderHandshake(dtls);
      if (!isOver()) for (const data of kept) onData.execute(data);
    });
  });
}

function orderHandshake({ dtls }: RTCDtlsTransport): void {
  const socket = dtls?.transport.socket;
  if (socket === undefined) return;
  const order = new HandshakeOrder();
  const { onData } = socket;
  socket.onData = (datagram, address) => {
    for (const record of order.take(datagram)) onData(record, address);
  };
}

/**
 * What follows the handshake is numbered behind its last record. werift begins anew, and who drops what comes twice, as
 * RFC 6347 section 4.1.2.6 wants it, drops the one that has the same number: the eighth, for a second until it is sent again.
 */
function numberOn({ dtls }: Transports): void {
  const listening = dtls.onStateChange.subscribe((state) => {
    if (state !== 'connected') return;
    listening.unSubscribe();
    const context = dtls.dtls?.dtls;
    const last = context?.lastMessage.at(-1);
    if (context !== undefined && last !== undefined)
      context.recordSequenceNumber = last.readUIntBE(RECORD_NUMBER_AT, 6);
  });
}
