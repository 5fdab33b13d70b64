#include <stdlib.h>
#include <string.h>

#include "esp_console.h"
#include "esp_err.h"
#include "hil_marker.h"

static int run(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "ping") == 0) {
        char line[32] = "hil ping ";
        if (strlen(argv[2]) < sizeof(line) - strlen(line)) {
            strcat(line, argv[2]);
            if (hil_marker_command(line))
                return ESP_OK;
        }
    }
    if (argc == 2 && strcmp(argv[1], "heap") == 0) {
        hil_marker_heap();
        return ESP_OK;
    }
    return ESP_ERR_INVALID_ARG;
}

void hil_marker_register_console(void)
{
    const esp_console_cmd_t command = {
        .command = "hil",
        .help = "Markers of the bench: answer a clock-sync ping, print the heap",
        .hint = "ping <id> | heap",
        .func = run,
    };
    ESP_ERROR_CHECK(esp_console_cmd_register(&command));
}
