#include "json_path.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#define REPLACEMENT 0xfffdu
/** Deeper than any answer; hostile nesting must not use up the stack. */
#define DEEPEST 32

typedef struct {
    const char *at;
    const char *end;
} cursor_t;

static void skip_blanks(cursor_t *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\n' || *c->at == '\r'))
        c->at++;
}

static bool take(cursor_t *c, char wanted)
{
    skip_blanks(c);
    if (c->at >= c->end || *c->at != wanted)
        return false;
    c->at++;
    return true;
}

/* From its opening quote to behind its closing one. */
static bool skip_string(cursor_t *c)
{
    if (!take(c, '"'))
        return false;
    while (c->at < c->end) {
        const char byte = *c->at++;
        if (byte == '"')
            return true;
        if (byte == '\\') {
            if (c->at >= c->end)
                return false;
            c->at++;
        }
    }
    return false;
}

static bool is_scalar_byte(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '+' || byte == '.' ||
           byte == 'E';
}

static bool skip_value(cursor_t *c, int depth);

static bool skip_members(cursor_t *c, char close, bool has_names, int depth)
{
    if (take(c, close))
        return true;
    do {
        if (has_names && !(skip_string(c) && take(c, ':')))
            return false;
        if (!skip_value(c, depth + 1))
            return false;
    } while (take(c, ','));
    return take(c, close);
}

static bool skip_value(cursor_t *c, int depth)
{
    skip_blanks(c);
    if (c->at >= c->end || depth > DEEPEST)
        return false;
    if (*c->at == '"')
        return skip_string(c);
    if (take(c, '{'))
        return skip_members(c, '}', true, depth);
    if (take(c, '['))
        return skip_members(c, ']', false, depth);
    const char *const start = c->at;
    while (c->at < c->end && is_scalar_byte(*c->at))
        c->at++;
    return c->at > start;
}

static bool enter_member(cursor_t *c, const char *name, size_t length)
{
    if (!take(c, '{'))
        return false;
    do {
        skip_blanks(c);
        const char *const start = c->at;
        if (!skip_string(c))
            return false;
        const bool is_it = (size_t)(c->at - start) == length + 2 && memcmp(start + 1, name, length) == 0;
        if (!take(c, ':'))
            return false;
        if (is_it)
            return true;
        if (!skip_value(c, 0))
            return false;
    } while (take(c, ','));
    return false;
}

static bool enter_element(cursor_t *c, unsigned index)
{
    if (!take(c, '['))
        return false;
    for (unsigned i = 0; i < index; i++) {
        if (!skip_value(c, 0) || !take(c, ','))
            return false;
    }
    return true;
}

bool json_find(const char *text, size_t length, const char *path, json_value_t *found)
{
    cursor_t c = { text, text + length };
    while (*path != '\0') {
        const size_t name = strcspn(path, ".");
        const bool is_index = name == 1 && path[0] >= '0' && path[0] <= '9';
        if (!(is_index ? enter_element(&c, (unsigned)(path[0] - '0')) : enter_member(&c, path, name)))
            return false;
        path += name;
        if (*path == '.')
            path++;
    }
    skip_blanks(&c);
    const char *const start = c.at;
    if (!skip_value(&c, 0))
        return false;
    *found = (json_value_t){ start, (size_t)(c.at - start) };
    return true;
}

bool json_is_string(const json_value_t *value)
{
    return value->length >= 2 && value->text[0] == '"';
}

int json_count(const json_value_t *value)
{
    int count = 0;
    for (size_t i = 0; i < value->length; i++) {
        const int digit = value->text[i] - '0';
        if (digit < 0 || digit > 9 || count > (INT_MAX - digit) / 10)
            return -1;
        count = count * 10 + digit;
    }
    return value->length == 0 ? -1 : count;
}

/* Four hexadecimal digits; UINT32_MAX when they are none. */
static uint32_t hex4(const char *text, const char *end)
{
    uint32_t code = 0;
    if (end - text < 4)
        return UINT32_MAX;
    for (int i = 0; i < 4; i++) {
        const char digit = text[i];
        uint32_t worth;
        if (digit >= '0' && digit <= '9')
            worth = (uint32_t)(digit - '0');
        else if (digit >= 'a' && digit <= 'f')
            worth = (uint32_t)(digit - 'a') + 10;
        else if (digit >= 'A' && digit <= 'F')
            worth = (uint32_t)(digit - 'A') + 10;
        else
            return UINT32_MAX;
        code = code * 16 + worth;
    }
    return code;
}

/* Behind `\u`; moves on by what it took. */
static uint32_t escaped_point(const char **at, const char *end)
{
    const uint32_t unit = hex4(*at, end);
    if (unit == UINT32_MAX)
        return REPLACEMENT;
    *at += 4;
    if (unit < 0xd800 || unit > 0xdfff)
        return unit == 0 ? REPLACEMENT : unit;
    if (unit > 0xdbff || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
        return REPLACEMENT;
    const uint32_t low = hex4(*at + 2, end);
    if (low < 0xdc00 || low > 0xdfff)
        return REPLACEMENT;
    *at += 6;
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

static size_t utf8(uint32_t point, char out[4])
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    const size_t more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned lead[] = { 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = more; i > 0; i--) {
        out[i] = (char)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    out[0] = (char)(lead[more] | point);
    return more + 1;
}

static char unescaped(char letter)
{
    switch (letter) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return letter;
    }
}

/* Bytes of the character that begins with this one; 1 for what begins none. */
static size_t character_length(char byte)
{
    const unsigned char b = (unsigned char)byte;
    return b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc0 ? 2 : 1;
}

size_t json_string(const json_value_t *value, char *out, size_t capacity)
{
    size_t length = 0;
    out[0] = '\0';
    if (!json_is_string(value))
        return 0;
    const char *at = value->text + 1;
    const char *const end = value->text + value->length - 1;
    while (at < end) {
        char character[4];
        size_t count = 1;
        if (*at != '\\') {
            count = character_length(*at);
            if (count > (size_t)(end - at))
                count = (size_t)(end - at);
            memcpy(character, at, count);
            at += count;
        } else if (end - at >= 2 && at[1] == 'u') {
            at += 2;
            count = utf8(escaped_point(&at, end), character);
        } else {
            character[0] = unescaped(at[1]);
            at += 2;
        }
        if (length + count >= capacity)
            break;
        memcpy(out + length, character, count);
        length += count;
    }
    out[length] = '\0';
    return length;
}
