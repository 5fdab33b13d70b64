import { RecognitionQueue } from './recognition-queue';

const sound = (tag: number): Int16Array<ArrayBuffer> => Int16Array.of(tag);
const tags = (queue: RecognitionQueue): number[] => {
  const out: number[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) out.push(next.samples[0]!);
  return out;
};

describe('RecognitionQueue', () => {
  it('takes utterances that are over first, in the order in which they ended', () => {
    const queue = new RecognitionQueue();
    const asked = [0, 1, 2, 3].map((tag) => queue.add(sound(tag), 0));
    asked[2]!.hurry();
    asked[1]!.hurry();
    expect(tags(queue)).toEqual([2, 1, 0, 3]);
  });

  it('forgets what nobody wants any more', () => {
    const queue = new RecognitionQueue();
    const asked = [0, 1, 2].map((tag) => queue.add(sound(tag), 0));
    asked[2]!.hurry();
    asked[2]!.abandon();
    asked[0]!.abandon();
    asked[0]!.hurry();
    expect(tags(queue)).toEqual([1]);
  });

  it('drops attempts for newer ones in a flood, but not an utterance that is over', () => {
    const queue = new RecognitionQueue();
    const first = queue.add(sound(0), 0);
    for (let tag = 1; tag <= 1000; tag++) queue.add(sound(tag), 0);
    expect(queue.length).toBe(256);
    first.hurry();
    expect(first.heard.isSettled).toBe(false);
    expect(tags(queue)[0]).toBe(0);
  });

  it('understands nothing of more utterances than it can hold', () => {
    const queue = new RecognitionQueue();
    const asked = Array.from({ length: 300 }, (_, tag) => queue.add(sound(tag), 0));
    for (const one of asked) one.hurry();
    expect(asked.filter((one) => one.heard.isSettled)).toHaveLength(44);
    expect(tags(queue)).toHaveLength(256);
  });
});
