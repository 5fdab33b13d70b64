/* rewrite URL VENDOR BENCH SIZE: what bench_url_rewrite makes of it, in a buffer of exactly that size for the sanitizer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_url.h"

int main(int argc, char **argv)
{
    if (argc != 5) {
        return 2;
    }
    const size_t size = (size_t)strtoul(argv[4], NULL, 10);
    char *out = malloc(size > 0 ? size : 1);
    if (out == NULL) {
        return 3;
    }
    memset(out, '#', size);
    switch (bench_url_rewrite(argv[1], argv[2], argv[3], out, size)) {
    case BENCH_URL_OTHER:
        printf("other");
        break;
    case BENCH_URL_REWRITTEN:
        printf("%s", out);
        break;
    case BENCH_URL_TOO_LONG:
        printf("too long, %s", size == 0 || out[0] == '#' ? "untouched" : "written to");
        break;
    }
    free(out);
    return 0;
}
