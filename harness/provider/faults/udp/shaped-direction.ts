import type { Clock, DirectionShape } from '../../../ports';
import { DatagramLink } from './datagram-link';
import { DelayLine } from './delay-line';
import { LinkLog, type DatagramEntry } from './link-log';
import { isRtp } from './packet-kind';

/** Datagrams that one direction holds at most: 4 000 of full size are 6 MB. */
const MOST_HELD = 4000;

/** One direction of a call: datagrams pass a link and wait for their time; what becomes of each is kept. */
export class ShapedDirection {
  private readonly link: DatagramLink;
  private readonly line: DelayLine;
  private readonly log = new LinkLog();

  constructor(
    private readonly clock: Clock,
    seed: number,
  ) {
    this.link = new DatagramLink(seed);
    this.line = new DelayLine(clock);
  }

  /** @param leave - Called when the datagram is due, twice for one that comes twice; not at all for one that is lost. */
  pass(datagram: Buffer, shape: DirectionShape, isCut: boolean, leave: () => void): void {
    const sentAtMs = this.clock.nowMs();
    const entry = { sentAtMs, isAudio: isRtp(datagram), dueAtMs: sentAtMs, twice: false };
    const fate = this.link.pass(datagram.length, sentAtMs, shape);
    if (isCut) this.log.add({ ...entry, outcome: 'cut' });
    else if (fate.state === 'lost') this.log.add({ ...entry, outcome: fate.why });
    else if (this.line.length >= MOST_HELD) this.log.add({ ...entry, outcome: 'queue-full' });
    else {
      const { dueAtMs, twice } = fate;
      this.log.add({ ...entry, outcome: 'passed', dueAtMs, twice });
      this.line.add(dueAtMs, leave);
      if (twice) this.line.add(dueAtMs, leave);
    }
  }

  /** What became of what was sent from the first instant up to the second. */
  between(fromMs?: number, toMs?: number): readonly DatagramEntry[] {
    return this.log.between(fromMs, toMs);
  }

  /** What waits is lost. */
  close(): void {
    this.line.clear();
  }
}
