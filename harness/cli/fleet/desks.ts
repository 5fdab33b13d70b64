import { join } from 'node:path';
import { loadRecipes, type BoardConfig } from '../../config';
import {
  choreOffer,
  type AgentBoard,
  type BoardHands,
  type BundleStore,
  type Chore,
  type Offer,
} from '../../fleet';
import { systemClock } from '../../ports';
import { launchChild } from '../launch-child';
import { BuildHands } from './build-hands';
import { DeskQuarantine } from './desk-quarantine';
import type { FleetLink, FleetPlace } from './fleet-link';
import { MergeHands } from './merge-hands';

export interface DeskOptions {
  readonly place: FleetPlace;
  /** Absolute path of the bench file. */
  readonly bench: string;
  readonly bundlesAddress: string;
  readonly bundles: BundleStore;
  readonly verdicts: FleetLink['verdicts'];
  /** Folder that is worked in. */
  readonly folder: string;
  readonly merges: boolean;
  /** Builds file; undefined: nothing is built here. */
  readonly builds: string | undefined;
  /** Whose names desks do not take. */
  readonly boards: readonly BoardConfig[];
}

/** What a bench's machine does without a board: one merge at a time, and one build. @throws ConfigError of the builds file. */
export function desksOf(options: DeskOptions): readonly AgentBoard[] {
  const { place, bench, bundles, folder, boards } = options;
  const desk = (kind: Chore['kind'], offer: Offer, hands: BoardHands): AgentBoard => {
    const taken = boards.some(({ name }) => name === kind);
    return { name: taken ? `${kind}-desk` : kind, dialect: 'none', offer, hands };
  };
  const merging = options.merges
    ? [
        desk(
          'merge',
          choreOffer('merge'),
          new MergeHands({
            ...place,
            bundles: options.bundlesAddress,
            verdicts: options.verdicts,
            reportsPath: join(folder, 'merge'),
            launch: launchChild,
            clock: systemClock,
            quarantine: new DeskQuarantine(bench, 'merge'),
          }),
        ),
      ]
    : [];
  const recipes = options.builds === undefined ? {} : loadRecipes(options.builds);
  const names = Object.keys(recipes);
  const building =
    names.length === 0
      ? []
      : [
          desk(
            'build',
            choreOffer('build', names),
            new BuildHands({
              ...{ recipes, bundles, folder: join(folder, 'build'), clock: systemClock },
              quarantine: new DeskQuarantine(bench, 'build'),
            }),
          ),
        ];
  return [...merging, ...building];
}
