/* The few functions of ESP-IDF that the component calls, with a clock that the test sets and locks that must pair up. */
#include <stdio.h>
#include <stdlib.h>

#include "esp_console.h"
#include "esp_heap_caps.h"
#include "esp_timer.h"
#include "fake_idf.h"
#include "sys/lock.h"

int64_t fake_now_us;
esp_console_cmd_func_t fake_command;

int64_t esp_timer_get_time(void)
{
    return fake_now_us;
}

void _lock_acquire(_lock_t *lock)
{
    if (lock->held++ != 0)
        abort();
}

void _lock_release(_lock_t *lock)
{
    if (--lock->held != 0)
        abort();
}

size_t heap_caps_get_free_size(uint32_t caps)
{
    return caps == MALLOC_CAP_SPIRAM ? 7926852 : 196604;
}

size_t heap_caps_get_minimum_free_size(uint32_t caps)
{
    return caps == MALLOC_CAP_INTERNAL ? 180000 : 0;
}

size_t heap_caps_get_largest_free_block(uint32_t caps)
{
    return caps == MALLOC_CAP_INTERNAL ? 110592 : 0;
}

esp_err_t esp_console_cmd_register(const esp_console_cmd_t *cmd)
{
    printf("registered %s (%s)\n", cmd->command, cmd->hint);
    fake_command = cmd->func;
    return ESP_OK;
}
