#include "hil_port.h"

#include <stdio.h>
#include <sys/lock.h>

#include "esp_attr.h"
#include "esp_heap_caps.h"
#include "esp_timer.h"

/* newlib's own lock: made at its first use, whether the scheduler runs or not. */
static _lock_t line_lock;

int64_t IRAM_ATTR hil_port_now_us(void)
{
    return esp_timer_get_time();
}

void hil_port_lock(void)
{
    _lock_acquire(&line_lock);
}

void hil_port_unlock(void)
{
    _lock_release(&line_lock);
}

void hil_port_write(const char *line, size_t length)
{
    /* One call: stdio holds stdout meanwhile, so no other task's line begins inside. A console that is gone loses it. */
    (void)fwrite(line, 1, length, stdout);
    (void)fflush(stdout);
}

void hil_port_heap(hil_heap_t *heap)
{
    heap->internal_free = (uint32_t)heap_caps_get_free_size(MALLOC_CAP_INTERNAL);
    heap->internal_least = (uint32_t)heap_caps_get_minimum_free_size(MALLOC_CAP_INTERNAL);
    heap->internal_largest = (uint32_t)heap_caps_get_largest_free_block(MALLOC_CAP_INTERNAL);
    heap->psram_free = (uint32_t)heap_caps_get_free_size(MALLOC_CAP_SPIRAM);
}
