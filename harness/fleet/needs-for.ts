import { ConfigError } from '../errors';
import { NO_BOARD } from './flow';
import type { BenchState, BoardState } from './roll';
import { ANY_SUITES, type Chore, type Needs, type Offer } from './work';

/** What somebody asks of boards; what is absent is whatever they have. */
export interface BoardWish {
  /** Letters and digits that are in the model's name in this order: `korvo2` is ESP32-S3-Korvo-2. */
  readonly model?: string;
  readonly rig?: string;
  readonly language?: string;
  readonly provider: string;
  /** Hash of a team's own suites. Absent: all are Earshot's. */
  readonly suites?: string;
}

type Offering = BoardState & { readonly offer: Offer };

/** English, where a board has several. */
const FIRST_LANGUAGE = 'en';

const bare = (text: string): string => text.toLowerCase().replace(/[^\p{L}\d]+/gu, '');

const fits = ({ offer }: Offering, { model, rig, language, provider }: BoardWish): boolean =>
  (model === undefined || bare(offer.boardModel).includes(bare(model))) &&
  (rig === undefined || offer.rig === rig) &&
  (language === undefined || offer.languages.includes(language)) &&
  offer.providers.includes(provider);

/** By what a team's suites are waited for: units of a kind are in one queue, so by whichever more boards were told to play. */
function wayOf(boards: readonly Offering[], suites: string): string {
  const count = (way: string): number => boards.filter(({ offer }) => offer.suites?.includes(way)).length;
  return count(ANY_SUITES) > count(suites) ? ANY_SUITES : suites;
}

const inWords = ({ offer: { boardModel, rig, languages, providers } }: Offering): string =>
  `${boardModel} (rig ${rig}, ${languages.join('/')}, ${providers.join('/')})`;

/**
 * The needs of units for boards of one kind that are in the fleet, also such that are busy or held back.
 * @throws ConfigError `HIL_CONFIG_USAGE` where no board fits, or boards of several kinds do, naming what there is.
 */
export function needsFor(benches: readonly BenchState[], wish: BoardWish): Needs {
  const boards = benches
    .flatMap((bench) => bench.boards)
    .filter((board): board is Offering => board.offer !== undefined && board.offer.boardModel !== NO_BOARD);
  const { suites, ...rest } = wish;
  const likely = boards.filter((board) => fits(board, rest));
  const own = suites === undefined ? {} : { suites: wayOf(likely, suites) };
  const fitting = likely.filter(
    ({ offer }) => own.suites === undefined || offer.suites?.includes(own.suites),
  );
  const kinds = new Set(fitting.map(({ offer }) => `${offer.boardModel} with rig ${offer.rig}`));
  const [first] = fitting;
  if (first === undefined || kinds.size > 1) {
    const there = [...new Set(boards.map(inWords))].join(', ') || 'no board at all';
    if (likely.length > 0 && first === undefined)
      throw new ConfigError(
        'HIL_CONFIG_USAGE',
        'No agent of these boards was told to play these suites: start agents with --suites and a folder that is the same in every file, or with --any-suites.',
        { wish },
      );
    const asked = Object.entries(rest)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
    const message =
      first === undefined
        ? `No board of the fleet fits ${asked}; there is ${there}.`
        : `Boards of several kinds fit ${asked}: ${[...kinds].join(', ')}; name one.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { wish });
  }
  const { boardModel, rig, languages } = first.offer;
  const [any = FIRST_LANGUAGE] = languages;
  const language = wish.language ?? (languages.includes(FIRST_LANGUAGE) ? FIRST_LANGUAGE : any);
  return { boardModel, rig, language, provider: wish.provider, ...own };
}

/** Recipes that some machine of the fleet builds by, busy or held back or not. */
export const recipesIn = (benches: readonly BenchState[]): readonly string[] => [
  ...new Set(offersOf(benches, 'build').flatMap(({ providers }) => providers)),
];

/** Whether some machine of the fleet merges. */
export const isMergedBy = (benches: readonly BenchState[]): boolean => offersOf(benches, 'merge').length > 0;

const offersOf = (benches: readonly BenchState[], kind: Chore['kind']): Offer[] =>
  benches.flatMap(({ boards }) =>
    boards.flatMap(({ offer }) =>
      offer !== undefined && offer.boardModel === NO_BOARD && offer.rig === kind ? [offer] : [],
    ),
  );
