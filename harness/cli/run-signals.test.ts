import { eachSignalOnce } from './run-signals';

it('takes what a terminal and npx say at once for one signal, and the next press of a key for another', () => {
  let nowMs = 0;
  let heeded = 0;
  const signal = eachSignalOnce(
    () => (heeded += 1),
    () => nowMs,
  );
  signal();
  signal();
  nowMs = 199;
  signal();
  expect(heeded).toBe(1);
  nowMs = 200;
  signal();
  signal();
  expect(heeded).toBe(2);
});
