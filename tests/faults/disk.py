"""A disk that is full, or that nobody can write to."""

import errno
import os
import pwd
import subprocess
import time

from databases import SERVER_USER, Sqlite
from program import Client, Savers, counted, hold, until_read, until_saved

FORM = "/admin/professions/front-end/middle"
TYPED = "typed-meanwhile"
PAGES = ["/", "/professions/front-end", "/professions/front-end/middle", "/skills", "/search?q=git", "/changes"]
LASTS = 3
PIECE = 1 << 16


def full(context):
    """No byte is left: saves are a 503 that has what was typed, pages are read, and the next save after there is
    space again succeeds."""
    small = os.path.join(context.folder, "small")
    os.mkdir(small)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", small], check=True)
    if context.database.name == Sqlite.name:
        context.database = Sqlite(small)
    else:
        # What the server needs itself is elsewhere: without it, it ends, which is another case.
        os.chown(small, *pwd.getpwnam(SERVER_USER)[2:4])
        context.database.ask(f"CREATE TABLESPACE small LOCATION '{small}'")
        context.database.ask("ALTER DATABASE grades SET TABLESPACE small")
    filler = os.path.join(small, "filler")
    return endure(context, {}, lambda: fill(filler), lambda: os.remove(filler))


def fill(path):
    piece = PIECE
    with open(path, "wb", buffering=0) as filler:
        while piece:
            try:
                filler.write(b"\0" * piece)
            except OSError as error:
                hold(error.errno == errno.ENOSPC, error)
                piece //= 2


def read_only(context):
    """Nothing can be written: as above."""
    if context.database.name == Sqlite.name:
        source = os.path.join(os.path.dirname(__file__), "readonly.c")
        library, flag = (os.path.join(context.folder, name) for name in ["readonly.so", "read-only"])
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        environment = {"LD_PRELOAD": library, "READ_ONLY_WHILE": flag}
        return endure(context, environment, lambda: open(flag, "w").close(), lambda: os.remove(flag))

    # As a server becomes that is made a standby of another one.
    def set_read_only(value):
        context.database.ask(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        context.database.ask("SELECT pg_reload_conf()")

    return endure(context, {}, lambda: set_read_only("on"), lambda: set_read_only("off"))


def endure(context, environment, begin, end):
    program, editor, edited = context.begin(**environment)
    client, fields = program.client(), editor.hidden(FORM, "token", "grade", "version")
    savers = Savers(program, edited[:3])
    time.sleep(0.3)
    begin()
    begun = time.monotonic()
    while not any(status == 503 for _, status in savers.since(begun)):
        hold(time.monotonic() < begun + 20, f"saves go on: {counted(status for _, status in savers.since(begun))}")
        time.sleep(0.05)
    for attempt in range(100):
        refused = editor.save(FORM, fields, f"- {TYPED} {attempt}\n" * 200)
        if refused.status != 303:
            break
        # There was some room left where others were refused.
        fields = editor.hidden(FORM, "token", "grade", "version")
    hold(refused.status == 503, f"a form is {refused.status}")
    hold(refused.text.count(TYPED) >= 200, "what was typed into a form is lost")
    pages = 0
    while time.monotonic() < begun + LASTS:
        for path in PAGES + [grade.page for grade in edited]:
            Client(program.port).page(path)
            pages += 1
    program.must_live()
    readiness = client.get("/readyz").status
    end()
    read, saved = until_read(client, "/"), until_saved(edited[3], client)
    kept = editor.save(FORM, fields, f"- {TYPED}")
    savers.end()
    statuses = counted(status for _, _, status in savers.outcomes)
    hold({status for _, _, status in savers.outcomes} <= {200, 503}, f"saves are {statuses}")
    hold(kept.status == 303, f"the form is {kept.status} afterwards")
    hold(read + saved < context.within, f"a save succeeded only after {read + saved:.1f} s")
    for grade in edited[:4]:
        grade.check(client)
    hold(TYPED in client.page(FORM.removeprefix("/admin")), "a form that was acknowledged is lost")
    hold(not context.database.faults(), f"the database is damaged: {context.database.faults()}")
    first = f"{(read + saved) * 1000:.0f} ms"
    return f"edits {statuses}; {pages} pages read, /readyz {readiness}; first edit afterwards {first}"
