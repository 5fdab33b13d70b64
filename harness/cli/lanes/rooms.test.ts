import fc from 'fast-check';
import { Rooms } from './rooms';

/** Boards in rooms, with who was let in so far. */
class House {
  readonly rooms = new Rooms();
  readonly letIn: string[] = [];

  enter(room: string, who: string): Promise<void> {
    return this.rooms.enter(room, who).then(() => void this.letIn.push(who));
  }
  /** Once every promise that could be settled is. */
  settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
}

describe('Rooms', () => {
  it('lets boards in one after another, in the order of asking', async () => {
    const house = new House();
    for (const who of ['a', 'b', 'c']) void house.enter('lab', who);
    await house.settled();
    expect(house.letIn).toEqual(['a']);
    house.rooms.leave('lab', 'a');
    void house.enter('lab', 'a');
    await house.settled();
    expect(house.letIn).toEqual(['a', 'b']);
    house.rooms.leave('lab', 'b');
    await house.settled();
    house.rooms.leave('lab', 'c');
    await house.settled();
    expect(house.letIn).toEqual(['a', 'b', 'c', 'a']);
  });

  it('keeps boards of other rooms out of nothing', async () => {
    const house = new House();
    await Promise.all([house.enter('lab', 'a'), house.enter('box', 'b')]);
    expect(house.letIn).toEqual(['a', 'b']);
  });

  it('lets the next one in when the process of the one inside is gone, and never one that went while it waited', async () => {
    const house = new House();
    for (const who of ['a', 'b', 'c']) void house.enter('lab', who);
    house.rooms.gone('b');
    house.rooms.gone('a');
    await house.settled();
    expect(house.letIn).toEqual(['a', 'c']);
  });

  it('does not mind who leaves without being in', async () => {
    const house = new House();
    void house.enter('lab', 'a');
    void house.enter('lab', 'b');
    house.rooms.leave('lab', 'b');
    await house.settled();
    expect(house.letIn).toEqual(['a']);
  });

  it('never has two boards in a room, whatever they do and whenever they die, and lets everybody in who waits', async () => {
    const step = fc.record({
      who: fc.integer({ min: 0, max: 4 }),
      does: fc.constantFrom('enter', 'leave', 'die' as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const rooms = new Rooms();
        // Boards 0 to 2 hear each other, and so do 3 and 4.
        const roomOf = (who: number): string => (who < 3 ? 'lab' : 'box');
        const inside = new Map<string, Set<number>>([
          ['lab', new Set()],
          ['box', new Set()],
        ]);
        const waiting = new Set<number>();
        const dead = new Set<number>();
        const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
        const out = (who: number): void => void inside.get(roomOf(who))?.delete(who);
        for (const { who, does } of steps) {
          if (dead.has(who)) continue;
          if (does === 'enter' && !waiting.has(who) && inside.get(roomOf(who))?.has(who) === false) {
            waiting.add(who);
            void rooms.enter(roomOf(who), String(who)).then(() => {
              waiting.delete(who);
              inside.get(roomOf(who))?.add(who);
            });
          } else if (does === 'leave' && inside.get(roomOf(who))?.has(who) === true) {
            out(who);
            rooms.leave(roomOf(who), String(who));
          } else if (does === 'die') {
            out(who);
            waiting.delete(who);
            dead.add(who);
            rooms.gone(String(who));
          }
          await settled();
          for (const [room, boards] of inside) {
            expect(boards.size).toBeLessThanOrEqual(1);
            const wanted = [...waiting].some((one) => roomOf(one) === room);
            if (wanted) expect(boards.size).toBe(1);
          }
        }
      }),
      { seed: 9, numRuns: 200 },
    );
  });
});
