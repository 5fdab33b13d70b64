import { HilError } from '../errors';

/** Something that a host may do only when its parent, which knows of all hosts, lets it. */
export type HostWish =
  /** To be the only board of its isolation group that plays or speaks, until it gives that back. */
  | { readonly what: 'room' }
  /** To do this test, which other boards could do as well. */
  | { readonly what: 'test'; readonly file: string; readonly name: string };

/** How a host asks. */
export interface Leave {
  /** Resolves when it is decided; false: another board does it. */
  ask(wish: HostWish): Promise<boolean>;
  /** Lets others into the room. */
  leaveRoom(): void;
}

/** Of a host that nobody shares anything with. */
export const aloneOnBench: Leave = { ask: () => Promise.resolve(true), leaveRoom: () => undefined };

/** Wishes on their way to the parent, and its answers. */
export class ParentLeave implements Leave {
  private readonly open = new Map<
    number,
    { readonly resolve: (granted: boolean) => void; readonly reject: (error: Error) => void }
  >();
  private count = 0;
  private closed = false;

  constructor(
    private readonly send: (
      message:
        | { readonly type: 'wish'; readonly id: number; readonly wish: HostWish }
        | { readonly type: 'room-left' },
    ) => void,
  ) {}

  ask(wish: HostWish): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.closed) {
        reject(ended());
        return;
      }
      this.count += 1;
      this.open.set(this.count, { resolve, reject });
      this.send({ type: 'wish', id: this.count, wish });
    });
  }

  leaveRoom(): void {
    this.send({ type: 'room-left' });
  }

  answered(id: number, granted: boolean): void {
    this.open.get(id)?.resolve(granted);
    this.open.delete(id);
  }

  /** Refuses what nobody will answer any more. */
  close(): void {
    this.closed = true;
    for (const { reject } of this.open.values()) reject(ended());
    this.open.clear();
  }
}

const ended = (): HilError =>
  new HilError('HIL_HOST_UNREACHABLE', 'The run was ended while its host waited for its turn.');
