import { ok, type Check, type CheckContext } from './check';

/** The voice service of the bench starts and listens. */
export const provider: Check = {
  id: 'provider',
  title: 'provider',
  group: 'provider',
  expected: 'the provider of the bench file starts and listens',
  remedy: 'Mend `provider` in the bench file (docs/bench-file.md), and free the port that it names.',
  needs: [],
  uses: [],
  withinMs: 9_000,
  async run({ parts, config }: CheckContext) {
    const { name, url, tlsUrl } = await parts.provider();
    if (config.provider.kind === 'live') return ok(`${name}, which the board asks itself`);
    return ok(`${name} at ${url}${tlsUrl === undefined ? '' : ` and ${tlsUrl}`}`);
  },
};
