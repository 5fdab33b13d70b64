#include "bench_url.h"

#include <string.h>

/* What may follow an origin: nothing, a path, a query or a fragment. */
static int ends_origin(char next)
{
    return next == '\0' || next == '/' || next == '?' || next == '#';
}

bench_url_result_t bench_url_rewrite(const char *url, const char *vendor, const char *bench, char *out, size_t size)
{
    const size_t vendor_length = strlen(vendor);
    if (strncmp(url, vendor, vendor_length) != 0 || !ends_origin(url[vendor_length])) {
        return BENCH_URL_OTHER;
    }
    const char *rest = url + vendor_length;
    const size_t rest_length = strlen(rest);
    size_t bench_length = strlen(bench);
    while (bench_length > 0 && bench[bench_length - 1] == '/') {
        bench_length -= 1;
    }
    if (bench_length + rest_length + 1 > size) {
        return BENCH_URL_TOO_LONG;
    }
    memcpy(out, bench, bench_length);
    memcpy(out + bench_length, rest, rest_length + 1);
    return BENCH_URL_REWRITTEN;
}
