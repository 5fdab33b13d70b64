import { catalogue, origins, type Origin } from '../../errors';
import { ORIGIN_LABEL } from './label-result';

const nameOf: Readonly<Record<Origin, string>> = {
  board: 'Board: the firmware failed',
  bench: 'Bench: not judged',
  provider: 'Provider: not judged',
  config: 'Configuration: not judged',
  harness: 'Harness: not judged',
};

/**
 * `categories.json`: one category per origin, told apart by the codes that failure messages carry. The expression works for the Java and
 * the JavaScript Allure: both match the whole message, and only the former knows inline flags.
 */
export const categories = (): object[] =>
  origins.map((origin) => {
    const codes = Object.entries(catalogue)
      .filter(([, entry]) => entry.origin === origin)
      .map(([code]) => code);
    return {
      name: nameOf[origin],
      matchedStatuses: ['failed', 'broken'],
      messageRegex: `[\\s\\S]*\\b(?:${codes.join('|')})\\b[\\s\\S]*`,
    };
  });

/** The same for Allure 3's own reports, which read categories from their configuration only. The first one that fits counts. */
export const categoryRules = (): object[] =>
  origins.map((origin) => ({
    name: nameOf[origin],
    matchers: { statuses: ['failed', 'broken'], labels: { [ORIGIN_LABEL]: `^${origin}$` } },
    groupByMessage: true,
    expand: true,
  }));
