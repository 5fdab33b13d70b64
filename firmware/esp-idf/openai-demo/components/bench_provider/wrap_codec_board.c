/* Tells codec_board which board this is, whatever name the firmware was written with. The linker calls this in place of
 * set_codec_board_type (`--wrap`). */
#include "sdkconfig.h"

void __real_set_codec_board_type(const char *board_type);
void __wrap_set_codec_board_type(const char *board_type);

void __wrap_set_codec_board_type(const char *board_type)
{
    (void)board_type;
    __real_set_codec_board_type(CONFIG_BENCH_CODEC_BOARD);
}
