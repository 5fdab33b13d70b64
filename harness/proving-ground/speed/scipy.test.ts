import { openScipy } from './scipy';

const sizes = { soundSamples: 100, referenceSamples: 10 };

describe('SciPy for comparison', () => {
  it.each([
    ['there is no Python', '/nonexistent/python3'],
    ['what is called so ends without an answer', process.execPath],
  ])('is left out where %s', async (_name, command) => {
    expect(await openScipy(sizes, command)).toBeUndefined();
  });
});
