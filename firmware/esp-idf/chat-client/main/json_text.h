/** Writes JSON into a buffer, piece by piece. Pure C99. */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char *text;
    size_t capacity;
    size_t length;
    bool has_overflowed;    /**< something did not fit; the text is of no use */
} json_text_t;

/** `capacity` bytes, at least 1: the text is ended with a NUL at any time. */
void json_text_init(json_text_t *json, char *text, size_t capacity);

/** As it is: punctuation, names, numbers. */
void json_text_raw(json_text_t *json, const char *text);

/** A string with its quotes. Bytes from 0x80 on are UTF-8 already and stay. */
void json_text_string(json_text_t *json, const char *text);

#endif
