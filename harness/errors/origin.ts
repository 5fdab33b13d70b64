/** Whose fault a failure is. Only `board` can fail a release; everything else ends as not judged. */
export const origins = ['board', 'bench', 'provider', 'config', 'harness'] as const;
export type Origin = (typeof origins)[number];

/** One row of the catalogue: whose fault it is, and what a newcomer at the bench can do about it. */
export interface CatalogueEntry {
  readonly origin: Origin;
  readonly remedy: string;
}
