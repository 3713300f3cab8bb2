"""Ten thousand clients that send a byte now and then, or read nothing."""

import multiprocessing
import selectors
import socket
import time

from program import Client, counted, hold, most_files

# What is sent at once, what is sent byte by byte, after how many seconds, and how many connections do that. Of bodies
# the server holds 64 at once from one network.
KINDS = {
    "heads": (b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"a", 0, 4_870),
    "later heads": (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: a", 3, 4_870),
    "bodies": (b"POST /admin/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n", b"a", 0, 40),
    "chunks": (b"POST /admin/sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", 0, 20),
    "deaf": (b"GET /skills HTTP/1.1\r\nHost: x\r\n\r\n" * 100, b"", 0, 200),
}
COUNT = sum(count for *_, count in KINDS.values())
# Seconds that lost connections are made anew, and after which the last one must be closed: the longest deadlines are
# 20 for those who read nothing and 15 for bodies.
LASTS = 10
LATEST_END = 60
# Connections that are made without looking after the others: as many as may wait for the server to take them.
ROUND = 200
# Of the connections, since each is closed some seconds after it was made, and making them takes time.
AT_ONCE = 0.9
# Megabytes. Each connection holds its buffers, and the end that is here holds as much.
MOST_MEMORY = 400
# As at the doors: what no busy machine explains.
SLOWEST_PAGE = 0.25
SLOWEST_AGAINST_QUIET = 20


def run(context):
    """10,000 connections are slow in all ways at once: others read pages meanwhile, memory is bounded, every slow
    connection is closed in time, and no file stays open."""
    hold(most_files() > COUNT + 500, f"this system allows {most_files()} open files, too few for {COUNT} connections")
    program, _, _ = context.begin()
    quiet = Reader(program)
    time.sleep(2)
    quiet = quiet.end()
    before = program.open_files(), program.memory()
    reader = Reader(program)
    slow = Slow(program.port)
    begun = time.monotonic()
    peak = 0
    while time.monotonic() < begun + LASTS or (peak <= COUNT * AT_ONCE and time.monotonic() < begun + 3 * LASTS):
        slow.turn(again=True)
        peak = max(peak, program.open_files())
    ended = time.monotonic()
    while program.open_files() > before[0] + 20:
        hold(time.monotonic() < ended + LATEST_END, f"{program.open_files()} files are still open")
        slow.turn(again=False)
    took = time.monotonic() - ended
    pages = reader.end()
    program.must_live()
    memory = program.memory("VmHWM")
    slow.close()
    # Who is late is told so; of a later request on a connection nobody waits for an answer.
    hold(set(slow.statuses) <= {200, 408}, f"answers are {counted(slow.statuses)}")
    hold(peak > COUNT * AT_ONCE, f"only {peak} connections were open at once")
    hold(memory < MOST_MEMORY, f"{memory:.0f} MB")
    hold(pages[1] < max(SLOWEST_PAGE, SLOWEST_AGAINST_QUIET * quiet[1]), f"pages take {pages[1]:.2f} s")
    return (
        f"{peak} open at once, {slow.made} in all, the last closed {took:.0f} s after; answers {counted(slow.statuses)}; "
        f"memory {before[1]:.0f}, at most {memory:.0f} MB; {pages[0]} pages, 99% within {pages[1] * 1000:.0f} ms (quiet {quiet[1] * 1000:.0f})"
    )


class Slow:
    """The slow connections."""

    def __init__(self, port):
        self.port, self.made, self.closing, self.deaf = port, 0, selectors.EpollSelector(), []
        self.missing, self.next = {kind: count for kind, (*_, count) in KINDS.items()}, 0
        self.statuses = []

    def turn(self, again):
        """Sends a byte on each connection once a second, and notices those that are closed; makes them anew."""
        if time.monotonic() >= self.next:
            self.next = time.monotonic() + 1
            for key in list(self.closing.get_map().values()):
                self.drip(key)
        for key, _ in self.closing.select(0.01):
            try:
                read = key.fileobj.recv(4096)
            except OSError:
                read = b""
            if read.startswith(b"HTTP/1.1 "):
                self.statuses.append(int(read[9:12]))
            if not read:
                self.closing.unregister(key.fileobj)
                key.fileobj.close()
                self.missing[key.data[0]] += 1
        for kind, missing in self.missing.items():
            for _ in range(min(missing, ROUND) if again else 0):
                self.connect(kind)

    def connect(self, kind):
        stream = socket.socket()
        if kind == "deaf":
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stream.connect(("127.0.0.1", self.port))
        stream.setblocking(False)
        stream.send(KINDS[kind][0])
        self.made += 1
        self.missing[kind] -= 1
        # Who reads nothing hears of no end either.
        if kind == "deaf":
            self.deaf.append(stream)
        else:
            self.closing.register(stream, selectors.EVENT_READ, [kind, -KINDS[kind][2]])

    def drip(self, key):
        kind, sent = key.data
        drops, key.data[1] = KINDS[kind][1], sent + 1
        try:
            if sent >= 0:
                key.fileobj.send(drops[sent % len(drops) :][:1])
        except OSError:
            # It is closed, which `turn` notices.
            pass

    def close(self):
        for stream in [key.fileobj for key in self.closing.get_map().values()] + self.deaf:
            stream.close()
        self.closing.close()


class Reader:
    """A process that reads pages, each on a new connection."""

    def __init__(self, program):
        self.is_over, self.results = multiprocessing.Event(), multiprocessing.Queue()
        arguments = program.port, self.is_over, self.results
        self.process = multiprocessing.Process(target=read, args=arguments)
        self.process.start()

    def end(self):
        """How many pages there were, and within what time 99 of 100 were."""
        self.is_over.set()
        times = sorted(self.results.get(timeout=30))
        self.process.join()
        hold(times, "a page could not be read")
        return len(times), times[int(len(times) * 0.99)]


def read(port, is_over, results):
    times = []
    try:
        while not is_over.is_set():
            for path in ["/", "/professions/front-end", "/professions/front-end/middle", "/skills"]:
                begun = time.monotonic()
                client = Client(port)
                client.page(path)
                client.close()
                times.append(time.monotonic() - begun)
                time.sleep(0.005)
    except BaseException:
        times = []
        raise
    finally:
        results.put(times)
