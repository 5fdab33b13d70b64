#pragma once
#include "FreeRTOS.h"
typedef struct event_group *EventGroupHandle_t;
EventGroupHandle_t xEventGroupCreate(void);
uint32_t xEventGroupSetBits(EventGroupHandle_t group, uint32_t bits);
uint32_t xEventGroupWaitBits(EventGroupHandle_t group, uint32_t bits, BaseType_t clears, BaseType_t all, TickType_t ticks);
