/* Where a request goes on a bench: pure, so that it is tested on a host. */
#pragma once

#include <stddef.h>

/* Longest URL that is rewritten, with its end; the firmwares' have 80 characters. It stands on the caller's stack. */
#define BENCH_URL_SIZE 256

typedef enum {
    BENCH_URL_OTHER,     /* not below the vendor's origin: to be used as it is */
    BENCH_URL_REWRITTEN, /* the request goes to the bench */
    BENCH_URL_TOO_LONG   /* the rewritten URL does not fit: the request must not be made */
} bench_url_result_t;

/**
 * Puts the bench's origin in the place of the vendor's; path and query stay.
 *
 * @param url     What the firmware asks for.
 * @param vendor  Origin that is replaced, without a slash at its end: `https://api.openai.com`. Exactly this one: another
 *                scheme, another port or a longer host name is another origin (RFC 6454 section 4).
 * @param bench   Origin in its place, a path behind it allowed; slashes at its end do not count.
 * @param out     Takes the rewritten URL; untouched unless the result is BENCH_URL_REWRITTEN.
 * @param size    Bytes that `out` holds, the end included.
 */
bench_url_result_t bench_url_rewrite(const char *url, const char *vendor, const char *bench, char *out, size_t size);
