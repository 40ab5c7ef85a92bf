"""Clients that ask an app at a steady rate, whatever its answers take, and name every answer that is not a whole 200.

    load.py ROUTER-PORT RATE HOST...

asks each host in turn until its standard input ends, then prints what happened as one JSON object.

Every fourth request comes on a connection of its own, the others over kept connections; every hundredth is a slow one,
and every tenth sends a body, which the app gives back.
"""
import asyncio, collections, json, sys, time

PATIENCE = 60
# Well within what the router keeps a quiet connection for, as clients do: it may close one that long unused.
IDLE = 20
BODY = b"0123456789" * 300


class Load:
    def __init__(self, port, rate, hosts):
        self.port, self.rate, self.hosts = port, rate, hosts
        self.kept = []
        self.asked = 0
        self.millis = []
        self.failures = []
        self.names = collections.Counter()

    async def run(self):
        over = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        begun, running = time.monotonic(), set()
        while not over.done():
            due = int((time.monotonic() - begun) * self.rate)
            while self.asked < due:
                self.asked += 1
                running.add(asyncio.create_task(self.ask(self.asked)))
            running = {task for task in running if not task.done()}
            await asyncio.sleep(0.002)
        spent = time.monotonic() - begun
        if running:
            await asyncio.wait(running)
        answers = sorted(self.millis) or [0]
        return {"asked": self.asked, "answered": len(self.millis), "rate": self.asked / spent,
                "p50": answers[len(answers) // 2], "p99": answers[len(answers) * 99 // 100], "most": answers[-1],
                "failures": self.failures[:50], "names": self.names}

    async def ask(self, number):
        begun = time.time()
        try:
            problem = await asyncio.wait_for(self.exchange(number), PATIENCE)
        except (OSError, EOFError, ValueError, asyncio.TimeoutError) as broken:
            problem = f"{type(broken).__name__} {broken}"
        if problem:
            self.names[problem] += 1
            self.failures.append([begun, number, problem])
        elif number % 100:
            self.millis.append((time.time() - begun) * 1000)
        else:
            self.millis.append(0)

    def quiet(self):
        """A kept connection that was used a moment ago and is open."""
        while self.kept:
            since, reader, writer = self.kept.pop()
            if time.monotonic() - since < IDLE and not reader.at_eof():
                return reader, writer
            writer.close()
        return None

    async def exchange(self, number):
        is_kept = number % 4 != 0
        reader, writer = is_kept and self.quiet() or await asyncio.open_connection("127.0.0.1", self.port)
        body = BODY if number % 10 == 1 else b""
        path = "/slow" if number % 100 == 0 else f"/{number}"
        host = self.hosts[number // 3 % len(self.hosts)]
        writer.write(f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n"
                     f"Connection: {'keep-alive' if is_kept else 'close'}\r\n\r\n".encode() + body)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = next((int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:")), None)
            answer = await reader.read() if length is None else await reader.readexactly(length)
        except BaseException:
            writer.close()
            raise
        if is_kept and length is not None and "connection: close" not in head:
            self.kept.append((time.monotonic(), reader, writer))
        else:
            writer.close()
        if not head.startswith("http/1.1 200 "):
            return head.split("\r\n")[0]
        return None if answer == f"{path} {len(body)} end\n".encode() else f"wrong body {answer[:60]!r}"


if __name__ == "__main__":
    print(json.dumps(asyncio.run(Load(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]).run())))
