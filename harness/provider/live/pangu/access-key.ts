import { sdkDate, SDK_DATE_HEADER, signSdkHmac, type SdkHmacKeys } from '../../auth/sdk-hmac';
import type { PanguAccess } from './pangu-codec';

/** Every request is signed with an access key (AK/SK), so that nobody signs in first. */
export const accessKey = (keys: SdkHmacKeys, unixNowMs: () => number): PanguAccess => ({
  headersFor: ({ url, contentType, body }) => {
    const signed = {
      'content-type': contentType,
      host: url.host,
      [SDK_DATE_HEADER]: sdkDate(unixNowMs()),
    };
    const signedHeaders = Object.keys(signed).sort();
    const request = {
      method: 'POST',
      path: url.pathname,
      query: url.searchParams,
      headers: signed,
      signedHeaders,
      body,
    };
    const authorization = signSdkHmac(request, keys);
    return Promise.resolve({
      [SDK_DATE_HEADER]: signed[SDK_DATE_HEADER],
      host: url.host,
      authorization,
    });
  },
  forget: () => false,
});
