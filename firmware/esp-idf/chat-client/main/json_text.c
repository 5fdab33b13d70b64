#include "json_text.h"

void json_text_init(json_text_t *json, char *text, size_t capacity)
{
    *json = (json_text_t){ .text = text, .capacity = capacity };
    text[0] = '\0';
}

static void add(json_text_t *json, char byte)
{
    if (json->length + 1 >= json->capacity) {
        json->has_overflowed = true;
        return;
    }
    json->text[json->length++] = byte;
    json->text[json->length] = '\0';
}

void json_text_raw(json_text_t *json, const char *text)
{
    while (*text != '\0')
        add(json, *text++);
}

void json_text_string(json_text_t *json, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    add(json, '"');
    for (; *text != '\0'; text++) {
        const unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') {
            add(json, '\\');
            add(json, (char)byte);
        } else if (byte < 0x20) {
            json_text_raw(json, "\\u00");
            add(json, digits[byte >> 4]);
            add(json, digits[byte & 15]);
        } else {
            add(json, (char)byte);
        }
    }
    add(json, '"');
}
