/* A firmware in small: functions of several depths, inlined and not, one of them static and one that is never called. */
#include "lamp.h"

volatile unsigned sink;

static inline __attribute__((always_inline)) void poke(unsigned *at, unsigned value) {
  *at = value;
  sink += value;
}

static inline __attribute__((always_inline)) void poke_twice(unsigned *at) {
  poke(at, 7);
  sink++;
  poke(at + 1, 9);
}

__attribute__((noinline)) static void write_reply(unsigned *at) {
  sink--;
  poke_twice(at);
  sink++;
}

__attribute__((noinline)) unsigned unused_command(unsigned a) { return a * 3 + sink; }

__attribute__((noinline)) void play_task(unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    write_reply((unsigned *)i);
    set_lamp(i);
  }
}

void app_main(void) {
  play_task(3);
  sink = clamp_volume(sink);
}
