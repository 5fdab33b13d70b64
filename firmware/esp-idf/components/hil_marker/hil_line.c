#include "hil_line.h"

#define PREFIX "@hil "
#define PREFIX_LENGTH (sizeof(PREFIX) - 1)

uint16_t hil_crc16(const char *bytes, size_t length)
{
    uint16_t crc = 0xffff;
    for (size_t i = 0; i < length; i++) {
        crc = (uint16_t)(crc ^ ((unsigned)(unsigned char)bytes[i] << 8));
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)((crc & 0x8000u) != 0 ? ((unsigned)crc << 1) ^ 0x1021u : (unsigned)crc << 1);
    }
    return crc;
}

static void add_char(hil_line_t *line, char c)
{
    if (line->length < HIL_LINE_MAX)
        line->text[line->length++] = c;
    else
        line->overflowed = true;
}

static void add_text(hil_line_t *line, const char *text)
{
    while (*text != '\0')
        add_char(line, *text++);
}

/* By hand: printf of 64-bit numbers is left out of newlib-nano, and takes a kilobyte of stack elsewhere. */
static void add_number(hil_line_t *line, int64_t value)
{
    char digits[20];
    int count = 0;
    uint64_t rest = value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value;
    if (value < 0)
        add_char(line, '-');
    do {
        digits[count++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    } while (rest != 0);
    while (count > 0)
        add_char(line, digits[--count]);
}

static void add_quoted(hil_line_t *line, const char *value)
{
    add_char(line, '"');
    for (int i = 0; i < HIL_STRING_MAX && value[i] != '\0'; i++) {
        char c = value[i];
        if (c == '"' || c == '\\')
            add_char(line, '\\');
        add_char(line, c >= ' ' && c <= '~' ? c : '?');
    }
    add_char(line, '"');
}

static void add_key(hil_line_t *line, const char *key)
{
    add_text(line, ",\"");
    add_text(line, key);
    add_text(line, "\":");
}

void hil_line_begin(hil_line_t *line, int64_t at_us, uint32_t number, const char *event)
{
    line->length = 0;
    line->overflowed = false;
    add_text(line, PREFIX "{\"us\":");
    add_number(line, at_us);
    hil_line_number(line, "n", (int64_t)number);
    hil_line_string(line, "ev", event);
}

void hil_line_number(hil_line_t *line, const char *key, int64_t value)
{
    add_key(line, key);
    add_number(line, value);
}

void hil_line_bool(hil_line_t *line, const char *key, bool value)
{
    add_key(line, key);
    add_text(line, value ? "true" : "false");
}

void hil_line_string(hil_line_t *line, const char *key, const char *value)
{
    add_key(line, key);
    add_quoted(line, value != NULL ? value : "");
}

bool hil_line_end(hil_line_t *line)
{
    static const char hex[] = "0123456789abcdef";
    add_char(line, '}');
    uint16_t crc = hil_crc16(line->text + PREFIX_LENGTH, line->length - PREFIX_LENGTH);
    add_char(line, '#');
    for (int shift = 12; shift >= 0; shift -= 4)
        add_char(line, hex[(crc >> shift) & 0xf]);
    add_char(line, '\n');
    return !line->overflowed;
}
