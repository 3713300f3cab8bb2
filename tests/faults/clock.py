"""A clock that jumps under a running program."""

import glob
import os
import time

from program import Savers, counted, hold

DAYS = [0, 1, -1, 0, 400, -400, 0]
# What is kept by the day, or tells days.
PAGES = [
    "/plan?profession=front-end&grade=middle&since=01.01.2024&to=senior",
    "/plan?profession=front-end&grade=middle",
    "/changes",
    "/",
]
FORM = "/admin/professions/front-end/senior"
# Days.
KEY_LIVES = 30
TYPED = "typed-meanwhile"
SITE = {"GRADES_PUBLIC_URL": "http://grades.test"}


def run(context):
    """The clock jumps by days, forward and back, while clients read and save: pages are those of the day, saves go
    on, nobody is let in or put out but by the rules, and nothing hangs."""
    file = os.path.join(context.folder, "clock")
    faked = SITE | {
        "LD_PRELOAD": glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")[0],
        "FAKETIME_TIMESTAMP_FILE": file,
        "FAKETIME_NO_CACHE": "1",
        # The system's clock of passed time does not jump.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }

    def jump(days):
        with open(f"{file}.new", "w") as clock:
            clock.write(f"{days * 24:+d}h")
        os.rename(f"{file}.new", file)

    jump(0)
    program, editor, edited = context.begin(**faked)
    client, plans, statuses = program.client(), set(), []
    fields = editor.hidden(FORM, "token", "grade", "version")
    for days in DAYS:
        savers = Savers(program, edited[:2], pause=0.02) if abs(days) < KEY_LIVES else None
        time.sleep(0.2)
        jump(days)
        time.sleep(0.3)
        if savers:
            savers.end()
            statuses += [status for _, _, status in savers.outcomes]
        # What is kept is what a program shows that has just started.
        fresh = context.program(**faked)
        fresh.start()
        for path in PAGES:
            kept, made = client.page(path), fresh.client().page(path)
            hold(kept == made, f"{path} is kept from another day after a jump to {days:+} days")
        fresh.kill()
        plans.add(client.page(PAGES[0]))
        form = editor.send(FORM, text=f"- {TYPED}", action="preview", **fields)
        hold(TYPED in form.text, f"what was typed is lost after a jump to {days:+} days")
        # What the clock ended stays ended.
        hold(form.status == 401 or days <= 0, f"a session lives {days} days")
        hold(form.status < 500, f"a form is {form.status} after a jump to {days:+} days")
    hold(set(statuses) == {200}, f"edits are {counted(statuses)}")
    hold(edited[2].save(client) == 200, "an edit is refused after the clock has come back")
    for grade in edited[:3]:
        grade.check(client)
    program.must_live()
    hold(len(plans) >= 3, f"the plan does not depend on the day: {len(plans)} pages")
    return f"{len(DAYS)} jumps, edits {counted(statuses)}, {len(plans)} different plans"
