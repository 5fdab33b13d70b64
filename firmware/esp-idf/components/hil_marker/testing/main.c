/* Does what its arguments say, in order: `at US`, `event N`, `late N US`, `arm N`, `named NAME`, `begun ID NAME`, `done ID NAME 0|1`,
   `heap`, `line TEXT`, `console A B`, `crc TEXT`, `print TEXT`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_idf.h"
#include "hil_line.h"
#include "hil_marker.h"

int main(int argc, char **argv)
{
    int i = 1;
    while (i < argc) {
        const char *step = argv[i++];
        if (strcmp(step, "at") == 0)
            fake_now_us = strtoll(argv[i++], NULL, 10);
        else if (strcmp(step, "event") == 0)
            hil_marker((hil_event_t)atoi(argv[i++]));
        else if (strcmp(step, "late") == 0) {
            hil_marker_at((hil_event_t)atoi(argv[i]), strtoll(argv[i + 1], NULL, 10));
            i += 2;
        } else if (strcmp(step, "arm") == 0)
            hil_marker_arm((hil_event_t)atoi(argv[i++]));
        else if (strcmp(step, "named") == 0)
            hil_marker_named(strcmp(argv[i], "NULL") == 0 ? NULL : argv[i]), i++;
        else if (strcmp(step, "begun") == 0) {
            hil_marker_call_begun(argv[i], argv[i + 1]);
            i += 2;
        } else if (strcmp(step, "done") == 0) {
            hil_marker_call_done(argv[i], argv[i + 1], argv[i + 2][0] == '1');
            i += 3;
        } else if (strcmp(step, "heap") == 0)
            hil_marker_heap();
        else if (strcmp(step, "line") == 0)
            printf("%s\n", hil_marker_command(argv[i++]) ? "taken" : "not ours");
        else if (strcmp(step, "register") == 0)
            hil_marker_register_console();
        else if (strcmp(step, "console") == 0) {
            char *arguments[] = { "hil", argv[i], argv[i + 1], NULL };
            printf("result %d\n", fake_command(argv[i + 1][0] == '\0' ? 2 : 3, arguments));
            i += 2;
        } else if (strcmp(step, "crc") == 0) {
            printf("%04x\n", (unsigned)hil_crc16(argv[i], strlen(argv[i])));
            i++;
        } else if (strcmp(step, "print") == 0)
            printf("%s", argv[i++]);
        else if (strcmp(step, "null") == 0)
            hil_marker_call_done(NULL, NULL, false);
        else
            return 2;
    }
    return 0;
}
