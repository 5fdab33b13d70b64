#include "event_stream.h"

#include <string.h>

static const char data_field[] = "data:";

void event_stream_init(event_stream_t *stream, char *line, size_t capacity, event_stream_told_t told, void *context)
{
    *stream = (event_stream_t){ .line = line, .capacity = capacity, .told = told, .context = context };
}

/* Comments (`: keep-alive`), other fields and blank lines say nothing to a chat client: every payload is one line. */
static void end_line(event_stream_t *stream)
{
    const size_t field = sizeof(data_field) - 1;
    const bool is_data = stream->length >= field && memcmp(stream->line, data_field, field) == 0;
    if (is_data && stream->is_too_long) {
        stream->too_long++;
    } else if (is_data) {
        /* One blank behind the colon belongs to the grammar, not to the payload. */
        const size_t start = stream->length > field && stream->line[field] == ' ' ? field + 1 : field;
        stream->line[stream->length] = '\0';
        if (!stream->told(stream->context, stream->line + start, stream->length - start))
            stream->is_stopped = true;
    }
    stream->length = 0;
    stream->is_too_long = false;
}

bool event_stream_read(event_stream_t *stream, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length && !stream->is_stopped; i++) {
        const char byte = bytes[i];
        const bool ends_crlf = byte == '\n' && stream->follows_cr;
        stream->follows_cr = byte == '\r';
        if (ends_crlf)
            continue;
        if (byte == '\n' || byte == '\r')
            end_line(stream);
        else if (stream->length + 1 < stream->capacity)
            stream->line[stream->length++] = byte;
        else
            stream->is_too_long = true;
    }
    return !stream->is_stopped;
}

bool event_stream_end(event_stream_t *stream)
{
    if (!stream->is_stopped && stream->length > 0)
        end_line(stream);
    return !stream->is_stopped;
}
