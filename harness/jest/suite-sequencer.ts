import Sequencer from '@jest/test-sequencer';
import type { Test } from '@jest/test-result';
import { basename } from 'node:path';

/** The order in which a person would try a board: nothing can be said of calls before it boots and hears. */
const order = [
  'control',
  'boot',
  'session',
  'conversation',
  'text-chat',
  'function-calls',
  'latency',
  'unknown-utterance',
];

const rankOf = ({ path }: Test): number => {
  const rank = order.indexOf(basename(path).replace(/\.hil\.[jt]s$/, ''));
  return rank < 0 ? order.length : rank;
};

/** Runs the product's suites in the order of the specification, and a team's own after them by name. */
export default class SuiteSequencer extends Sequencer {
  override sort(tests: Test[]): Test[] {
    return [...tests].sort((a, b) => rankOf(a) - rankOf(b) || a.path.localeCompare(b.path));
  }
}
