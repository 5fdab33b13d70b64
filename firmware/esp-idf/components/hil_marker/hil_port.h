/** What the component needs of its platform: hil_port_esp.c has it from ESP-IDF, the tests have their own. */
#ifndef HIL_PORT_H
#define HIL_PORT_H

#include <stddef.h>
#include <stdint.h>

/** Bytes of the heap, as heap_caps has them. `psram_free` is 0 without PSRAM. */
typedef struct {
    uint32_t internal_free;
    uint32_t internal_least;
    uint32_t internal_largest;
    uint32_t psram_free;
} hil_heap_t;

/** Microseconds since start; never steps back; safe in an interrupt. */
int64_t hil_port_now_us(void);
/** Held while a line is numbered, composed and written: lines come out in the order of their numbers. */
void hil_port_lock(void);
void hil_port_unlock(void);
/** Writes a whole line to the console in one go. */
void hil_port_write(const char *line, size_t length);
void hil_port_heap(hil_heap_t *heap);

#endif
