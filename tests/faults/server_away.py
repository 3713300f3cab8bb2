"""PostgreSQL stopped and started again, and PostgreSQL that lets nobody in."""

import socket
import struct
import threading
import time

from databases import ROLE, SERVER_USER
from program import LOST, Savers, counted, hold, milliseconds, until_read, until_saved

PAGES = ["/", "/professions/front-end", "/search?q=git", "/plan", "/readyz", "/api/v1/graders/skills"]
FORM = "/admin/professions/front-end/middle"
LASTS = 3
# Seconds. «At once» on a machine that does other things besides: without care, the pool waits for five.
AT_ONCE = 2
OTHERS = "others"
# Seconds: requests under way have five once the program is told to end.
LATEST_END = 15


def stopped(context):
    """The server is stopped while clients read and save, and started again: 503 at once meanwhile, good answers
    again within a second, and no edit that was acknowledged is lost. The program ends without a server, too."""
    program, editor, edited = context.begin()
    told = []
    for mode in ["fast", "immediate"]:
        outage = Outage(context, program, editor, edited)
        context.database.stop(mode)
        outage.last()
        context.database.start()
        told.append(f"{mode}: {outage.end()}")
    hold(not context.database.faults(), f"the database is damaged: {context.database.faults()}")
    savers = Savers(program, edited[:4])
    context.database.stop("fast")
    time.sleep(0.5)
    ended = program.stop()
    savers.end()
    hold(ended < LATEST_END, f"without a database the program ends only after {ended:.0f} s")
    return "; ".join([*told, f"told to end without a database it ended in {ended:.1f} s"])


def limited(context):
    """The program is thrown out and can't come in again, because its role or all clients have as many connections
    as they may: as above."""
    program, editor, edited = context.begin()
    database = context.database
    database.ask(f"CREATE ROLE {OTHERS} LOGIN")
    throw_out = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{ROLE}'"

    outage = Outage(context, program, editor, edited)
    database.ask(f"ALTER ROLE {ROLE} CONNECTION LIMIT 0")
    database.ask(throw_out)
    outage.last()
    database.ask(f"ALTER ROLE {ROLE} CONNECTION LIMIT -1")
    told = [f"limit of the role: {outage.end()}"]

    outage = Outage(context, program, editor, edited)
    database.ask(f"ALTER ROLE {ROLE} CONNECTION LIMIT 0")
    database.ask(throw_out)
    others = take_all(database.port)
    database.ask(f"ALTER ROLE {ROLE} CONNECTION LIMIT -1")
    outage.last()
    for other in others:
        other.close()
    told.append(f"{len(others)} other clients: {outage.end()}")

    # Fewer connections than the program would like to have are enough.
    database.ask(f"ALTER ROLE {ROLE} CONNECTION LIMIT 3")
    database.ask(throw_out)
    client = program.client()
    until_read(client, "/"), until_saved(edited[0], client)
    savers = Savers(program, edited[:6])
    time.sleep(LASTS)
    savers.end()
    statuses = [status for _, _, status in savers.outcomes]
    hold(set(statuses) == {200}, f"edits are {counted(statuses)} with three connections")
    told.append(f"three connections for six clients: {counted(statuses)}")
    return "; ".join(told)


class Outage:
    """What clients see from before a fault to after its end."""

    def __init__(self, context, program, editor, edited):
        self.context, self.program, self.editor, self.edited = context, program, editor, edited
        self.fields = editor.hidden(FORM, "token", "grade", "version")
        self.client = program.client()
        for path in PAGES:
            self.client.page(path)
        self.savers = Savers(program, edited[:4])
        time.sleep(0.5)

    def last(self):
        """The database is away from now on, for a while."""
        begun = time.monotonic()
        asked, is_over, failed = [], threading.Event(), []

        def read(path):
            client = self.program.client()
            while not is_over.is_set():
                sent = time.monotonic()
                try:
                    status = client.get(path).status
                except LOST as error:
                    failed.append(f"{path} had no answer: {error!r}")
                    return
                asked.append((path, status, time.monotonic() - sent))
                time.sleep(0.02)

        threads = [threading.Thread(target=read, args=[path]) for path in PAGES]
        for thread in threads:
            thread.start()
        typed = "typed-meanwhile"
        refused = self.editor.save(FORM, self.fields, f"- {typed}")
        took = time.monotonic() - begun
        time.sleep(max(0, begun + LASTS - time.monotonic()))
        is_over.set()
        for thread in threads:
            thread.join()
        hold(not failed, failed)
        self.program.must_live()
        others = {(path, status) for path, status, _ in asked if status != 503}
        hold(not others, f"without a database answers are {others}")
        edits = [(took, status) for took, status in self.savers.since(begun)]
        hold({status for _, status in edits} <= {503}, f"edits are {counted(status for _, status in edits)}")
        hold(refused.status == 503 and typed in refused.text, f"a form is {refused.status}, or what was typed is lost")
        times = [took for *_, took in asked] + [took for took, _ in edits] + [took]
        self.refusals = milliseconds(times)
        hold(max(times) < AT_ONCE, f"it takes {self.refusals} to tell that there is no database")

    def end(self):
        """The fault is over as of now."""
        begun = time.monotonic()
        for path in PAGES:
            until_read(self.client, path)
        read = time.monotonic() - begun
        until_saved(self.edited[4], self.client)
        saved = time.monotonic() - begun
        # Those who go on asking must not be worse off than those who come now.
        time.sleep(max(0, begun + self.context.within - time.monotonic()))
        settled = time.monotonic()
        time.sleep(0.5)
        self.savers.end()
        later = [status for _, status in self.savers.since(settled)]
        hold(saved < self.context.within, f"good answers again only after {read:.1f} s, saves after {saved:.1f} s")
        hold(set(later) == {200}, f"edits are {counted(later)} afterwards")
        for grade in self.edited[:5]:
            grade.check(self.client)
        statuses = counted(status for _, _, status in self.savers.outcomes)
        again = f"read again after {read * 1000:.0f} ms, saved after {saved * 1000:.0f} ms"
        return f"edits {statuses}, refused in {self.refusals}, {again}"


def take_all(port):
    """Connections to PostgreSQL, as many as it gives."""
    parameters = b"".join(part.encode() + b"\0" for part in ["user", OTHERS, "database", SERVER_USER, ""])
    startup = struct.pack("!ii", 8 + len(parameters), 3 << 16) + parameters
    taken = []
    while True:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(startup)
        if not is_let_in(connection):
            connection.close()
            return taken
        taken.append(connection)


def is_let_in(connection):
    """Whether PostgreSQL is ready for queries; it says «Z» then, and «E» if it is not."""
    with connection.makefile("rb") as messages:
        while True:
            kind, length = struct.unpack("!ci", messages.read(5))
            messages.read(length - 4)
            if kind in b"ZE":
                return kind == b"Z"
