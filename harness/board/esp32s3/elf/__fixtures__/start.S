# Assembler code: lines without functions, and a symbol without a size.
    .text
    .global _start
    .type _start, @function
_start:
    movi a2, 0
    nop
    call0 app_main
    ret
    .align 4
    .type vector, @function
vector:
    nop
    nop
    ret
