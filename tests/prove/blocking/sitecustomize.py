"""In front of a service's path: SIGUSR1 and SIGUSR2 block its event loop, as work that should not be there would.

Python runs a handler between two steps of the main thread, so that nothing of the loop moves meanwhile, heartbeats
and health included, while sockets stay open and the other threads live.
"""

import signal
import time

SECONDS = {signal.SIGUSR1: 4, signal.SIGUSR2: 13}  # shorter and longer than a session on Kafka, which is 10 s

for number in SECONDS:
    signal.signal(number, lambda number, frame: time.sleep(SECONDS[signal.Signals(number)]))
