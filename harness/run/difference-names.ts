/** What two sets of turns may differ in besides their firmware, as a person names it. */
export const differenceNames = ['board', 'rig', 'provider', 'scenario', 'prompts', 'version'] as const;
export type DifferenceName = (typeof differenceNames)[number];
