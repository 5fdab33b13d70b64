"""Lines per second of pyserial's readline, or of pexpect with patterns, on a terminal: peers.py pyserial|pexpect PATH LINES."""
import json
import os
import sys
import time

peer, path, lines = sys.argv[1], sys.argv[2], int(sys.argv[3])
if peer == "pyserial":
    import serial

    port = serial.Serial(path, 115200, timeout=10)
    print(json.dumps({"version": serial.__version__}), flush=True)
    port.read(1)
    port.readline()
    started = time.perf_counter()
    for _ in range(lines - 1):
        if not port.readline().endswith(b"\n"):
            sys.exit("a line did not come within 10 s")
else:
    import pexpect
    from pexpect import fdpexpect

    patterns = [pattern.encode() for pattern in json.loads(sys.argv[4])]
    board = fdpexpect.fdspawn(os.open(path, os.O_RDWR | os.O_NOCTTY), timeout=60)
    print(json.dumps({"version": pexpect.__version__}), flush=True)
    board.expect([b"\n"])
    started = time.perf_counter()
    for _ in range(lines // 1000):
        board.expect(patterns)
print(json.dumps({"linesPerS": lines / (time.perf_counter() - started)}), flush=True)
