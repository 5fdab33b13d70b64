import { writeBench } from '../__fixtures__/bench-files';
import { loadBench } from '../../config';
import { chosenBoards, type BoardChoice } from './chosen-boards';

const virtual = (name: string, more = ''): string => `  - { name: ${name}, kind: virtual${more} }`;
const config = loadBench(
  writeBench([], [virtual('a'), virtual('b', ', crystalPpm: 9'), virtual('c', ', model: Korvo')]),
);
const choose = (choice: Partial<BoardChoice>): string[] =>
  chosenBoards(config, { board: undefined, eachBoard: false, share: false, ...choice }).map(
    ({ name }) => name,
  );

it.each([
  [{}, ['a']],
  [{ board: ['c', 'a', 'c'] }, ['c', 'a']],
  [{ eachBoard: true }, ['a', 'b', 'c']],
  [{ board: ['a', 'b'], share: true }, ['a', 'b']],
])('%j takes %j', (choice, names) => {
  expect(choose(choice)).toEqual(names);
});

it.each([
  [{ board: ['a', 'd'] }, 'no board "d"; it has a, b, c'],
  [{ eachBoard: true, share: true }, 'Boards a and c differ in model'],
  [{ share: true }, 'name several with --board a,b'],
])('%j is refused: %s', (choice, message) => {
  expect(() => choose(choice)).toThrow(message);
});
