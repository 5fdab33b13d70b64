/**
 * What a streamed chat completion says, and what a refusal does: SiliconFlow's, OpenAI's and DeepSeek's shapes. Pure C99: no ESP-IDF,
 * no allocation.
 */
#ifndef CHAT_ANSWER_H
#define CHAT_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#define CHAT_CODE_BYTES 48
#define CHAT_MESSAGE_BYTES 240

/** Why there is no answer, or no whole one. */
typedef struct {
    char code[CHAT_CODE_BYTES];         /**< the service's own; "-" where it has none */
    char message[CHAT_MESSAGE_BYTES];   /**< one line */
} chat_failure_t;

typedef struct {
    /** Told each piece of the answer, which is never empty; it ends with a NUL. */
    void (*told)(void *context, const char *text, size_t length);
    void *context;
    char *piece;            /**< room for a decoded piece: as many bytes as a frame may have */
    size_t capacity;
    size_t bytes;           /**< of the answer so far */
    int tokens;             /**< as the service counted them; -1 where it did not yet */
    bool is_complete;       /**< the service said that it is */
    bool has_failed;
    chat_failure_t failure;
} chat_answer_t;

void chat_answer_init(chat_answer_t *answer, char *piece, size_t capacity,
                      void (*told)(void *context, const char *text, size_t length), void *context);

/** Reads the payload of one frame; fits `event_stream_told_t`. @return false when nothing more is to come. */
bool chat_answer_frame(void *answer, const char *text, size_t length);

/** Reads the body of a refusal; its beginning is enough. What is no JSON stands for itself. */
void chat_failure_read(chat_failure_t *failure, const char *body, size_t length);

/**
 * Composes the request for a streamed answer.
 * @return Its length; 0 when it does not fit.
 */
size_t chat_request(char *out, size_t capacity, const char *model, const char *question, int max_tokens);

#endif
