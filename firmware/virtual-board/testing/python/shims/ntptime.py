# micropython-lib's ntptime, as far as a chat client uses it.
import _board
import errno

host = 'pool.ntp.org'
timeout = 1


def settime():
    name = _board.setClock()
    for _ in (0,):
        pass
    if name:
        raise OSError(getattr(errno, name, 5))
