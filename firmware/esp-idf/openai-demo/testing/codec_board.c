/* Stands in for libcodec_board.a: tells which board it was told. */
#include <stdio.h>

void set_codec_board_type(const char *board_type);

void set_codec_board_type(const char *board_type)
{
    printf("board: %s\n", board_type);
}
