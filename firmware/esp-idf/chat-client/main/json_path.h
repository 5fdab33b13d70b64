/**
 * Finds one value in a JSON text without building a tree of it, which costs a chip more than the whole frame is long. Pure C99.
 */
#ifndef JSON_PATH_H
#define JSON_PATH_H

#include <stdbool.h>
#include <stddef.h>

/** A value as it stands in the text; a string with its quotes. Undefined where it was not found. */
typedef struct {
    const char *text;
    size_t length;
} json_value_t;

/**
 * The value at a path such as `choices.0.delta.content`; an empty path is the whole text. Names are compared as they are written:
 * a name with an escape in it is not found.
 * @return false when there is none, or when the text is not JSON up to there.
 */
bool json_find(const char *text, size_t length, const char *path, json_value_t *found);

bool json_is_string(const json_value_t *value);

/** A whole number from 0 to `INT_MAX`; -1 for any other value. */
int json_count(const json_value_t *value);

/**
 * Decodes a string into UTF-8. A surrogate without its other half becomes U+FFFD, and so does U+0000, which would end the text.
 * @param out - At least 1 byte. What does not fit is left out at the boundary of a character; a NUL always ends it.
 * @return The length of the decoded text without the NUL; 0 for what is no string.
 */
size_t json_string(const json_value_t *value, char *out, size_t capacity);

#endif
