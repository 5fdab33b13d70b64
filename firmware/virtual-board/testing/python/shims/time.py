# The board's clock instead of the host's, and sleep that Ctrl-C cuts.
from utime import *
import utime as _built_in
import _board


def sleep_ms(ms):
    if ms > 0:
        _board.sleepMs(ms)


def sleep(s):
    sleep_ms(int(s * 1000))


def ticks_ms():
    return _board.ticksMs()


def time():
    return _board.unixS()


def gmtime(secs=None):
    return _built_in.gmtime(time() if secs is None else secs)


localtime = gmtime
