"""Downloads again and again, each time over a new connection; the kernel counts what comes and copies nothing of it.

usage: download.py PORT CONNECTIONS SECONDS HOST PATH BYTES; prints downloads a second and how many ended early
"""
import selectors, socket, sys, time

PORT, CONNECTIONS, SECONDS, HOST, PATH, BYTES = (kind(value) for kind, value in zip((int, int, float, str, str, int), sys.argv[1:]))
ASK = f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
polled = selectors.DefaultSelector()
untouched = bytearray(1 << 20)


def begin():
    connection = socket.create_connection(("127.0.0.1", PORT))
    connection.sendall(ASK)
    connection.setblocking(False)
    polled.register(connection, selectors.EVENT_READ, [0])


for _ in range(CONNECTIONS):
    begin()
total = early = 0
begun = time.monotonic()
while time.monotonic() - begun < SECONDS:
    for key, _ in polled.select(1):
        size = key.fileobj.recv_into(untouched, len(untouched), socket.MSG_TRUNC)
        key.data[0] += size
        total += size
        if size == 0:
            early += key.data[0] < BYTES
            polled.unregister(key.fileobj)
            key.fileobj.close()
            begin()
print(total / BYTES / (time.monotonic() - begun), early)
