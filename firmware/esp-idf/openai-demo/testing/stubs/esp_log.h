/* Stands in for ESP-IDF's log: its shape without a time. */
#pragma once

#include <stdio.h>

#define ESP_LOG_LINE(level, tag, ...) \
    (printf(level " %s: ", tag), printf(__VA_ARGS__), printf("\n"))
#define ESP_LOGE(tag, ...) ESP_LOG_LINE("E", tag, __VA_ARGS__)
#define ESP_LOGI(tag, ...) ESP_LOG_LINE("I", tag, __VA_ARGS__)
