#include "hil_marker.h"

#include <string.h>

#include "hil_line.h"
#include "hil_port.h"

static const char *const event_names[] = {
    [HIL_MIC_OPENED] = "mic-opened",
    [HIL_SPEECH_STARTED] = "speech-started",
    [HIL_SPEECH_STOPPED] = "speech-stopped",
    [HIL_FIRST_PACKET_OUT] = "first-packet-out",
    [HIL_FIRST_AUDIO_IN] = "first-audio-in",
    [HIL_FIRST_I2S_OUT] = "first-i2s-out",
};

#define EVENTS (sizeof(event_names) / sizeof(event_names[0]))
#define NAME_MAX_LENGTH 32

/* Numbers count every marker since start, also those that nobody read, so that the host sees what it lost. */
static uint32_t next_number;
/* Read without the lock in the path of every packet; a marker that is late by one packet is the worst that can come of it. */
static volatile bool is_armed[EVENTS] = {
    [HIL_FIRST_PACKET_OUT] = true,
    [HIL_FIRST_AUDIO_IN] = true,
    [HIL_FIRST_I2S_OUT] = true,
};

static bool is_first(hil_event_t event)
{
    return event == HIL_FIRST_PACKET_OUT || event == HIL_FIRST_AUDIO_IN || event == HIL_FIRST_I2S_OUT;
}

static void begin(hil_line_t *line, int64_t at_us, const char *event)
{
    hil_port_lock();
    hil_line_begin(line, at_us, next_number++, event);
}

static void end(hil_line_t *line)
{
    if (hil_line_end(line))
        hil_port_write(line->text, line->length);
    hil_port_unlock();
}

int64_t hil_marker_now_us(void)
{
    return hil_port_now_us();
}

void hil_marker(hil_event_t event)
{
    hil_marker_at(event, hil_port_now_us());
}

void hil_marker_at(hil_event_t event, int64_t at_us)
{
    hil_line_t line;
    if ((unsigned)event >= EVENTS || (is_first(event) && !is_armed[event]))
        return;
    hil_port_lock();
    /* Two tasks may have seen it armed: the one that gets the lock first prints. */
    if (is_first(event) && !is_armed[event]) {
        hil_port_unlock();
        return;
    }
    is_armed[event] = false;
    if (event == HIL_MIC_OPENED)
        is_armed[HIL_FIRST_PACKET_OUT] = true;
    if (event == HIL_MIC_OPENED || event == HIL_SPEECH_STOPPED) {
        is_armed[HIL_FIRST_AUDIO_IN] = true;
        is_armed[HIL_FIRST_I2S_OUT] = true;
    }
    hil_line_begin(&line, at_us, next_number++, event_names[event]);
    end(&line);
}

void hil_marker_arm(hil_event_t event)
{
    if (is_first(event))
        is_armed[event] = true;
}

static bool is_name(const char *name)
{
    size_t length = 0;
    if (name == NULL || name[0] < 'a' || name[0] > 'z')
        return false;
    for (; name[length] != '\0'; length++) {
        char c = name[length];
        bool is_allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        if (!is_allowed || length == NAME_MAX_LENGTH)
            return false;
    }
    return true;
}

void hil_marker_named(const char *name)
{
    hil_line_t line;
    int64_t at_us = hil_port_now_us();
    if (!is_name(name))
        return;
    begin(&line, at_us, name);
    end(&line);
}

void hil_marker_call_begun(const char *call_id, const char *name)
{
    hil_line_t line;
    begin(&line, hil_port_now_us(), "call-begun");
    hil_line_string(&line, "call", call_id);
    hil_line_string(&line, "name", name);
    end(&line);
}

void hil_marker_call_done(const char *call_id, const char *name, bool ok)
{
    hil_line_t line;
    begin(&line, hil_port_now_us(), "call-done");
    hil_line_string(&line, "call", call_id);
    hil_line_string(&line, "name", name);
    hil_line_bool(&line, "ok", ok);
    end(&line);
}

void hil_marker_heap(void)
{
    hil_line_t line;
    hil_heap_t heap;
    int64_t at_us = hil_port_now_us();
    hil_port_heap(&heap);
    begin(&line, at_us, "heap");
    hil_line_number(&line, "free", heap.internal_free);
    hil_line_number(&line, "least", heap.internal_least);
    hil_line_number(&line, "largest", heap.internal_largest);
    hil_line_number(&line, "psram", heap.psram_free);
    end(&line);
}

void hil_marker_pong(uint32_t id)
{
    hil_line_t line;
    begin(&line, hil_port_now_us(), "pong");
    hil_line_number(&line, "id", id);
    end(&line);
}

/* A decimal number of 32 bits with nothing behind it but white space. */
static bool read_id(const char *text, uint32_t *id)
{
    uint64_t value = 0;
    if (*text < '0' || *text > '9')
        return false;
    for (; *text >= '0' && *text <= '9'; text++) {
        value = value * 10 + (uint64_t)(*text - '0');
        if (value > UINT32_MAX)
            return false;
    }
    *id = (uint32_t)value;
    return text[strspn(text, " \r\n")] == '\0';
}

bool hil_marker_command(const char *line)
{
    static const char ping[] = "hil ping ";
    static const char heap[] = "hil heap";
    uint32_t id;
    if (line == NULL)
        return false;
    if (strncmp(line, ping, sizeof(ping) - 1) == 0 && read_id(line + sizeof(ping) - 1, &id)) {
        hil_marker_pong(id);
        return true;
    }
    if (strncmp(line, heap, sizeof(heap) - 1) == 0) {
        const char *rest = line + sizeof(heap) - 1;
        if (rest[strspn(rest, " \r\n")] != '\0')
            return false;
        hil_marker_heap();
        return true;
    }
    return false;
}
