/** Who is in which room, and who waits in front of it: one at a time, in the order of asking. */
export class Rooms {
  private readonly inside = new Map<string, string>();
  private readonly waiting = new Map<string, { readonly who: string; readonly enter: () => void }[]>();

  /** Resolves when nobody else is in the room; at once for who is in it. Whoever is gone by then is never let in. */
  enter(room: string, who: string): Promise<void> {
    const holder = this.inside.get(room);
    if (holder === who) return Promise.resolve();
    if (holder === undefined) {
      this.inside.set(room, who);
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const queue = this.waiting.get(room) ?? [];
      this.waiting.set(room, queue);
      queue.push({ who, enter: resolve });
    });
  }

  /** Lets the next one in; nothing for who is not in it. */
  leave(room: string, who: string): void {
    if (this.inside.get(room) !== who) return;
    const next = this.waiting.get(room)?.shift();
    if (next === undefined) {
      this.inside.delete(room);
      return;
    }
    this.inside.set(room, next.who);
    next.enter();
  }

  /** Takes somebody out of whatever room, and out of whatever queue: its process is gone. */
  gone(who: string): void {
    for (const [room, queue] of this.waiting)
      this.waiting.set(
        room,
        queue.filter((one) => one.who !== who),
      );
    for (const room of [...this.inside.keys()]) this.leave(room, who);
  }
}
