#include "chat_answer.h"

#include <stdio.h>
#include <string.h>

#include "json_path.h"
#include "json_text.h"

void chat_answer_init(chat_answer_t *answer, char *piece, size_t capacity,
                      void (*told)(void *context, const char *text, size_t length), void *context)
{
    *answer = (chat_answer_t){
        .told = told, .context = context, .piece = piece, .capacity = capacity, .tokens = -1
    };
}

bool chat_answer_frame(void *context, const char *text, size_t length)
{
    static const char done[] = "[DONE]";
    chat_answer_t *const answer = context;
    if (length == sizeof(done) - 1 && memcmp(text, done, length) == 0) {
        answer->is_complete = true;
        return false;
    }
    json_value_t value;
    if (json_find(text, length, "error", &value) && (value.text[0] == '{' || value.text[0] == '"')) {
        answer->has_failed = true;
        chat_failure_read(&answer->failure, text, length);
        return false;
    }
    /* The reasoning of a model is no answer, and any frame may have no choice at all. */
    if (json_find(text, length, "choices.0.delta.content", &value)) {
        const size_t bytes = json_string(&value, answer->piece, answer->capacity);
        answer->bytes += bytes;
        if (bytes > 0)
            answer->told(answer->context, answer->piece, bytes);
    }
    if (json_find(text, length, "choices.0.finish_reason", &value) && json_is_string(&value))
        answer->is_complete = true;
    if (json_find(text, length, "usage.completion_tokens", &value))
        answer->tokens = json_count(&value);
    return true;
}

/* A message is one line of the console. */
static void flatten(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20)
            *text = ' ';
    }
}

static bool find_any(const char *body, size_t length, const char *const *paths, json_value_t *found)
{
    for (; *paths != NULL; paths++) {
        if (json_find(body, length, *paths, found) && (json_is_string(found) || json_count(found) >= 0))
            return true;
    }
    return false;
}

static void copy_value(const json_value_t *value, char *out, size_t capacity)
{
    if (json_is_string(value)) {
        json_string(value, out, capacity);
    } else {
        const size_t length = value->length < capacity ? value->length : capacity - 1;
        memcpy(out, value->text, length);
        out[length] = '\0';
    }
}

void chat_failure_read(chat_failure_t *failure, const char *body, size_t length)
{
    static const char *const codes[] = { "error.code", "error.type", "code", NULL };
    static const char *const messages[] = { "error.message", "error", "message", "", NULL };
    json_value_t value;
    strcpy(failure->code, "-");
    failure->message[0] = '\0';
    if (find_any(body, length, codes, &value))
        copy_value(&value, failure->code, sizeof(failure->code));
    if (find_any(body, length, messages, &value)) {
        copy_value(&value, failure->message, sizeof(failure->message));
    } else {
        const json_value_t whole = { body, length };
        copy_value(&whole, failure->message, sizeof(failure->message));
    }
    /* The console's line has it as one word. */
    for (char *c = failure->code; *c != '\0'; c++) {
        if (*c == ' ')
            *c = '_';
    }
    if (failure->code[0] == '\0')
        strcpy(failure->code, "-");
    flatten(failure->code);
    flatten(failure->message);
}

size_t chat_request(char *out, size_t capacity, const char *model, const char *question, int max_tokens)
{
    char limit[16];
    json_text_t json;
    snprintf(limit, sizeof(limit), "%d", max_tokens);
    json_text_init(&json, out, capacity);
    json_text_raw(&json, "{\"model\":");
    json_text_string(&json, model);
    json_text_raw(&json, ",\"messages\":[{\"role\":\"user\",\"content\":");
    json_text_string(&json, question);
    json_text_raw(&json, "}],\"stream\":true,\"max_tokens\":");
    json_text_raw(&json, limit);
    json_text_raw(&json, "}");
    return json.has_overflowed ? 0 : json.length;
}
