/**
 * Splits the body of a streamed chat completion (text/event-stream) into the payloads of its `data:` lines. Bytes come in any
 * pieces. Pure C99: no ESP-IDF, no allocation.
 */
#ifndef EVENT_STREAM_H
#define EVENT_STREAM_H

#include <stdbool.h>
#include <stddef.h>

/** Told one payload. `text` ends with a NUL behind `length` bytes and lives until the call returns. False stops the stream. */
typedef bool (*event_stream_told_t)(void *context, const char *text, size_t length);

typedef struct {
    char *line;
    size_t capacity;
    size_t length;
    bool is_too_long;       /**< the line that is read did not fit; its rest is dropped */
    bool follows_cr;        /**< a LF now belongs to the CR before it */
    bool is_stopped;        /**< its listener wants no more */
    unsigned too_long;      /**< payloads that did not fit and were not told */
    event_stream_told_t told;
    void *context;
} event_stream_t;

/** `line` holds one line without its end, and a NUL: `capacity` bytes, at least 8. */
void event_stream_init(event_stream_t *stream, char *line, size_t capacity, event_stream_told_t told, void *context);

/** Reads the next bytes of the body. @return false once the listener has stopped it. */
bool event_stream_read(event_stream_t *stream, const char *bytes, size_t length);

/** The body has ended: a last line without an end is a line. @return false once the listener has stopped it. */
bool event_stream_end(event_stream_t *stream);

#endif
