#pragma once
#include "FreeRTOS.h"
BaseType_t xTaskCreate(void (*task)(void *), const char *name, uint32_t stack, void *context, UBaseType_t priority,
                       void **handle);
