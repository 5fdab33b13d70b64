/* Stands in for ESP-IDF's HTTP client, with the fields that the demo sets. */
#pragma once

#include <stddef.h>

typedef struct esp_http_client *esp_http_client_handle_t;

typedef struct {
    const char *url;
    int (*event_handler)(void *event);
    void *user_data;
    int buffer_size;
    int timeout_ms;
} esp_http_client_config_t;

esp_http_client_handle_t esp_http_client_init(const esp_http_client_config_t *config);
