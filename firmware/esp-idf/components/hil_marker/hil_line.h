/** Composes one marker line, `@hil {...}#hhhh` and a line feed, in a buffer of fixed size. */
#ifndef HIL_LINE_H
#define HIL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Longest line, line feed included. The longest that the component composes has 292 bytes. */
#define HIL_LINE_MAX 320
/** Bytes of a string that are printed. */
#define HIL_STRING_MAX 48

typedef struct {
    char text[HIL_LINE_MAX];
    size_t length;
    /** Something did not fit: the line is not to be printed. */
    bool overflowed;
} hil_line_t;

/** Begins a line with its stamp, number and event. `event` needs no escaping. */
void hil_line_begin(hil_line_t *line, int64_t at_us, uint32_t number, const char *event);
void hil_line_number(hil_line_t *line, const char *key, int64_t value);
void hil_line_bool(hil_line_t *line, const char *key, bool value);
void hil_line_string(hil_line_t *line, const char *key, const char *value);
/** Closes the object and adds checksum and line feed. @return false when it did not fit. */
bool hil_line_end(hil_line_t *line);

/** CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xffff, not reflected): 0x29b1 for "123456789". */
uint16_t hil_crc16(const char *bytes, size_t length);

#endif
