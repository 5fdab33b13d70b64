/**
 * Markers: one-line JSON on the console that says what the firmware did and when, in microseconds of its own clock.
 * docs/markers.md holds the grammar of the lines. Nothing here allocates, blocks for longer than a console write, or fails.
 */
#ifndef HIL_MARKER_H
#define HIL_MARKER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a marker says. The three that begin with FIRST are printed once and then wait until they are armed again. */
typedef enum {
    HIL_MIC_OPENED,         /**< samples of the microphone go to the service from here on; arms all FIRST markers */
    HIL_SPEECH_STARTED,     /**< the firmware knows that the user speaks: by its own detector, or told by the service */
    HIL_SPEECH_STOPPED,     /**< ... and that the user is done; arms HIL_FIRST_AUDIO_IN and HIL_FIRST_I2S_OUT */
    HIL_FIRST_PACKET_OUT,   /**< the first packet of sound was handed to the network */
    HIL_FIRST_AUDIO_IN,     /**< the first packet of a reply's sound arrived */
    HIL_FIRST_I2S_OUT,      /**< the first sample of a reply was written to I2S: it leaves the speaker one DMA chain later */
} hil_event_t;

/** Microseconds since esp_timer started; safe in an interrupt. Take it there and print it from a task with hil_marker_at(). */
int64_t hil_marker_now_us(void);

/** Prints an event with the present instant. Not from an interrupt. */
void hil_marker(hil_event_t event);

/** Prints an event that was at `at_us`, of hil_marker_now_us(). */
void hil_marker_at(hil_event_t event, int64_t at_us);

/** Lets a FIRST marker be printed once more, for firmware whose replies begin at other points than the defaults say. */
void hil_marker_arm(hil_event_t event);

/** Prints a marker of the firmware's own. `name` is [a-z][a-z0-9-]{0,31}; any other is not printed. */
void hil_marker_named(const char *name);

/** A function call begins. Of each string the first 48 bytes are printed; what is not printable ASCII becomes `?`. NULL is "". */
void hil_marker_call_begun(const char *call_id, const char *name);

/** The same call is done; `ok` is false where it could not be executed. */
void hil_marker_call_done(const char *call_id, const char *name, bool ok);

/** Prints the free heap. */
void hil_marker_heap(void);

/** Answers a clock-sync ping. The stamp is taken before anything else. */
void hil_marker_pong(uint32_t id);

/**
 * For firmware with a console of its own: executes `hil ping ID` and `hil heap`.
 * @return true when the line was one of these, complete and well formed.
 */
bool hil_marker_command(const char *line);

/** Registers the command `hil` with esp_console, whose REPL has to be there. */
void hil_marker_register_console(void);

#ifdef __cplusplus
}
#endif

#endif
