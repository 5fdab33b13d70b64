#pragma once
#include <stddef.h>
#include <stdint.h>
#include "esp_err.h"
typedef struct esp_console_repl esp_console_repl_t;
typedef struct { size_t max_cmdline_length; uint32_t task_stack_size; } esp_console_repl_config_t;
#define ESP_CONSOLE_REPL_CONFIG_DEFAULT() { .task_stack_size = 4096 }
typedef struct { int baud_rate; } esp_console_dev_uart_config_t;
#define ESP_CONSOLE_DEV_UART_CONFIG_DEFAULT() { .baud_rate = 115200 }
typedef struct {
    const char *command;
    const char *help;
    const char *hint;
    int (*func)(int argc, char **argv);
    void *argtable;
} esp_console_cmd_t;
esp_err_t esp_console_cmd_register(const esp_console_cmd_t *command);
esp_err_t esp_console_new_repl_uart(const esp_console_dev_uart_config_t *device, const esp_console_repl_config_t *config,
                                    esp_console_repl_t **repl);
esp_err_t esp_console_start_repl(esp_console_repl_t *repl);
