/* Stands in for the firmware: names its board, then makes one request. */
#include <stdio.h>

#include "esp_http_client.h"

void set_codec_board_type(const char *board_type);
int demo(const char *url);

static int on_event(void *event)
{
    (void)event;
    return 0;
}

int demo(const char *url)
{
    int answers = 0;
    const esp_http_client_config_t config = {
        .url = url, .event_handler = on_event, .user_data = &answers, .buffer_size = 4096, .timeout_ms = 30000};
    set_codec_board_type("MUSE_RADIO");
    const esp_http_client_handle_t client = esp_http_client_init(&config);
    printf("demo: %s, still asks for %s\n", client == NULL ? "no client" : "client", config.url == NULL ? "-" : config.url);
    return 0;
}
