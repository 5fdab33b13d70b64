import { Controls } from './controls';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const equals = new Map([
  ['a', ['b', 'c']],
  ['b', ['a', 'c']],
  ['c', ['a', 'b']],
  ['d', []],
]);

it('a board that fails where its like passes is in quarantine, and says by which', async () => {
  const controls = new Controls(equals);
  controls.failed('a', 'It heard nothing.');
  controls.ended('a');
  const decided = controls.decided('a');
  controls.gone('b');
  controls.ended('c');
  expect(await decided).toBe(
    'failed the control prompts that c, with the same firmware, passed: It heard nothing.',
  );
  expect(await controls.decided('c')).toBeUndefined();
});

it('waits for its like, and no longer than that one lives', async () => {
  const controls = new Controls(equals);
  controls.failed('a', 'It heard nothing.');
  let decided: unknown = 'waiting';
  void controls.decided('a').then((reason) => (decided = reason));
  controls.gone('b');
  await settled();
  expect(decided).toBe('waiting');
  controls.gone('c');
  await settled();
  expect(decided).toBeUndefined();
});

it('boards that all fail go on: it is their firmware', async () => {
  const controls = new Controls(equals);
  for (const board of ['a', 'b', 'c']) controls.failed(board, 'It said nothing.');
  for (const board of ['a', 'b', 'c']) expect(await controls.decided(board)).toBeUndefined();
});

it('compares a board that is like no other with nothing', async () => {
  const controls = new Controls(equals);
  expect([controls.has('a'), controls.has('d')]).toEqual([true, false]);
  controls.failed('d', 'It heard nothing.');
  expect(await controls.decided('d')).toBeUndefined();
});
