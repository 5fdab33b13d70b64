#pragma once
#include <stdint.h>

#include "esp_console.h"

extern int64_t fake_now_us;
extern esp_console_cmd_func_t fake_command;
