// The order of this project's own tests: suites as the product has them; of the end-to-end cases what takes longest first, or two of
// four workers would wait for it at the end; last of all the browser, whose sound does not bear neighbours.
const { basename } = require('node:path');
const { default: SuiteSequencer } = require('../dist/harness/jest/suite-sequencer.js');

/** By what they took in CI, from 120 s down to 40; several boards play at once in `boards`, which is none of the first, when all do. */
const longest = [
  'text-boards',
  'webrtc-boards',
  'deaths',
  'faults',
  'bad-bench',
  'crash-suite',
  'live-bridge',
  'interrupts',
  'calibrate',
  'bad-suite',
];
const last = 'browser-call';

const rankOf = ({ path }) => {
  const name = basename(path, '.e2e.ts');
  if (name === last) return longest.length + 1;
  const rank = longest.indexOf(name);
  return rank < 0 ? longest.length : rank;
};

module.exports = class ProjectSequencer extends SuiteSequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rankOf(a) - rankOf(b));
  }
};
