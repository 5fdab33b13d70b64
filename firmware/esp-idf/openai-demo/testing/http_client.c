/* Stands in for libesp_http_client.a: tells what it was asked for. */
#include <stdio.h>

#include "esp_http_client.h"

struct esp_http_client {
    int open;
};

esp_http_client_handle_t esp_http_client_init(const esp_http_client_config_t *config)
{
    static struct esp_http_client client;
    printf("http: %s, handler %s, data %s, %d bytes, %d ms\n", config->url == NULL ? "-" : config->url,
           config->event_handler == NULL ? "lost" : "kept", config->user_data == NULL ? "lost" : "kept",
           config->buffer_size, config->timeout_ms);
    return &client;
}
