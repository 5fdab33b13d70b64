import _board


def reset():
    _board.reset()


def soft_reset():
    raise SystemExit
