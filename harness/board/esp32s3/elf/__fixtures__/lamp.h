#ifdef __cplusplus
extern "C" {
#endif
extern volatile unsigned sink;
void set_lamp(unsigned on);
void app_main(void);
#ifdef __cplusplus
}
#endif

/* Inlined out of a header, so that a function has lines of two files. */
static inline __attribute__((always_inline)) unsigned clamp_volume(unsigned percent) {
  if (percent > 100)
    sink = percent;
  return percent > 100 ? 100 : percent;
}
