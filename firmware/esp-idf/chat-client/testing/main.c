/** The pure parts of the client on this machine: each way of calling prints what they made of its arguments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat_answer.h"
#include "event_stream.h"
#include "json_path.h"

static void print_piece(void *context, const char *text, size_t length)
{
    (void)context;
    printf("piece ");
    for (size_t i = 0; i < length; i++)
        printf("%02x", (unsigned)(unsigned char)text[i]);
    printf(text[length] == '\0' ? "\n" : "?\n");
}

/* stream BODY CAPACITY PIECE: a body that arrives in pieces of so many bytes, read with room for so long a frame. */
static int stream(char **argv)
{
    const size_t length = strlen(argv[0]);
    const size_t capacity = strtoul(argv[1], NULL, 10);
    const size_t piece = strtoul(argv[2], NULL, 10);
    char *const line = malloc(capacity);
    char *const decoded = malloc(capacity);
    chat_answer_t answer;
    event_stream_t frames;
    chat_answer_init(&answer, decoded, capacity, print_piece, NULL);
    event_stream_init(&frames, line, capacity, chat_answer_frame, &answer);
    for (size_t at = 0; at < length; at += piece) {
        const size_t count = length - at < piece ? length - at : piece;
        /* Of its own, so that a byte read too far is found. */
        char *const bytes = malloc(count);
        memcpy(bytes, argv[0] + at, count);
        event_stream_read(&frames, bytes, count);
        free(bytes);
    }
    event_stream_end(&frames);
    printf("end %s %zu %d %u\n", answer.has_failed ? "failed" : answer.is_complete ? "complete" : "cut", answer.bytes,
           answer.tokens, frames.too_long);
    if (answer.has_failed)
        printf("failure %s %s\n", answer.failure.code, answer.failure.message);
    free(decoded);
    free(line);
    return 0;
}

static int refusal(char **argv)
{
    chat_failure_t failure;
    chat_failure_read(&failure, argv[0], strlen(argv[0]));
    printf("%s %s\n", failure.code, failure.message);
    return 0;
}

/* request MODEL QUESTION MAX_TOKENS CAPACITY */
static int request(char **argv)
{
    const size_t capacity = strtoul(argv[3], NULL, 10);
    char *const text = malloc(capacity);
    const size_t length = chat_request(text, capacity, argv[0], argv[1], atoi(argv[2]));
    printf("%zu %s\n", length, length == 0 ? "" : text);
    free(text);
    return 0;
}

/* find TEXT PATH CAPACITY: the value as it stands, as a count, and as a decoded string. */
static int find(char **argv)
{
    const size_t length = strlen(argv[0]);
    const size_t capacity = strtoul(argv[2], NULL, 10);
    char *const text = malloc(length + 1);
    char *const decoded = malloc(capacity);
    memcpy(text, argv[0], length);
    json_value_t value;
    if (json_find(text, length, argv[1], &value)) {
        json_string(&value, decoded, capacity);
        printf("%.*s\n%d\n%s\n", (int)value.length, value.text, json_count(&value), decoded);
    } else {
        printf("none\n");
    }
    free(decoded);
    free(text);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "stream") == 0)
        return stream(argv + 2);
    if (argc == 3 && strcmp(argv[1], "refusal") == 0)
        return refusal(argv + 2);
    if (argc == 6 && strcmp(argv[1], "request") == 0)
        return request(argv + 2);
    if (argc == 5 && strcmp(argv[1], "find") == 0)
        return find(argv + 2);
    return 2;
}
