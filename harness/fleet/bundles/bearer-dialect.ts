import type { HttpDialect } from './http-blobs';

/** A server that takes files by PUT and gives them by GET below one address, to whoever has the token. */
export function bearerDialect(uri: URL, token: string | undefined): HttpDialect {
  const root = uri.href.replace(/\/+$/, '');
  return {
    where: root,
    uriOf: (name) => `${root}/${name}`,
    urlOf: (name) => new URL(`${root}/${name}`),
    sign: ({ headers }) =>
      Promise.resolve(token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` }),
  };
}
