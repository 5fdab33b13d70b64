/** Codes of error frames and what they are about (reference/providers.md 4.4); the words are ours. */
export const sparkCodes = {
  10003: 'The message is no JSON text.',
  10004: 'The message does not fit the schema.',
  10005: 'A parameter has a value that is not allowed.',
  10006: 'The user is already connected.',
  10007: 'The previous question has not been answered yet.',
  10008: 'The service has no capacity left.',
  10013: 'The question did not pass the content audit.',
  10014: 'The answer did not pass the content audit.',
  10016: 'The app_id is not authorised.',
  10907: 'The history and the question have too many tokens.',
  11200: 'AppIdNoAuthError: the app_id may not use this product, or its quota is used up.',
  11202: 'QpsOverFlow: too many questions within a second.',
  11203: 'Too many questions at once.',
} as const;

export type SparkCode = keyof typeof sparkCodes;

/** An error as it goes to the client. */
export interface SparkFault {
  readonly code: SparkCode;
  readonly message: string;
}

export const sparkFault = (code: SparkCode, detail?: string): SparkFault => ({
  code,
  message: detail === undefined ? sparkCodes[code] : `${sparkCodes[code]} ${detail}`,
});

/** Codes that the reference leaves open, or offers a choice of. */
export interface SparkCodeChoice {
  /** A domain that does not belong to the path. Default 10005. */
  readonly wrongDomain: SparkCode;
  /** An app_id that the keys do not belong to. Default 11200. */
  readonly wrongApp: SparkCode;
  /** The fault `rate-limit`. Default 11202. */
  readonly rateLimit: SparkCode;
  /** The fault `content-blocked`. Default 10013. */
  readonly blocked: SparkCode;
}

export const defaultCodes: SparkCodeChoice = {
  wrongDomain: 10005,
  wrongApp: 11200,
  rateLimit: 11202,
  blocked: 10013,
};
