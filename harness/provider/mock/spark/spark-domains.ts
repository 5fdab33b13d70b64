/** Which `domain` (in HTTP: `model`) goes with which path (reference/providers.md 4.1). */
const domainsOfPath: ReadonlyMap<string, readonly string[]> = new Map([
  ['/v1.1/chat', ['lite', 'general']],
  ['/v2.1/chat', ['generalv2']],
  ['/v3.1/chat', ['generalv3']],
  ['/chat/pro-128k', ['pro-128k']],
  ['/v3.5/chat', ['generalv3.5']],
  ['/chat/max-32k', ['max-32k']],
  ['/v4.0/chat', ['4.0Ultra']],
]);

/** The domains that may be asked for on a path; undefined when no product is there. */
export const sparkDomainsOf = (path: string): readonly string[] | undefined => domainsOfPath.get(path);

/** Every name that a body of the HTTP interface may ask for. */
export const sparkModels: ReadonlySet<string> = new Set([...domainsOfPath.values()].flat());

/** Of Pro, which the articles use. */
export const SPARK_PATH = '/v3.1/chat';
/** Of the HTTP interface. */
export const SPARK_HTTP_PATH = '/v1/chat/completions';
