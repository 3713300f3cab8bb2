"""`kill -9` while clients save."""

import random
import time

from program import Savers, counted, hold, milliseconds

CLIENTS = 4
# Seconds that they save, in which a busy machine makes a few edits.
MOMENTS = 0.02, 0.25


def run(context):
    """The process is killed at random moments while several clients save, and started again: every edit that was
    acknowledged is there, none is there by halves, and the next start is ready at once."""
    program, _, edited = context.begin()
    edited = edited[:CLIENTS]
    starts, saved, cut, moments = [], 0, 0, random.Random(16)
    for number in range(context.kills):
        done, lost = save_until_killed(program, edited, moments.uniform(*MOMENTS))
        saved, cut = saved + done, cut + lost
        if context.database.name == "SQLite" and number % 10 == 0:
            hold(not context.database.faults(), f"the file is damaged: {context.database.faults()}")
        starts.append(program.start())
        client = program.client()
        for grade in edited:
            grade.check(client)
    for grade in edited:
        hold(grade.save(client) == 200, f"{grade.path} can't be saved after {context.kills} ends")
    hold(not context.database.faults(), f"the database is damaged: {context.database.faults()}")
    hold(saved > 0 and cut > 0, f"nothing was cut off: {saved} edits, {cut} without an answer")
    # A start that repairs much takes as long as one that repairs nothing.
    middle = sorted(starts)[len(starts) // 2]
    hold(middle < context.within, f"a start takes {middle:.1f} s")
    return f"{context.kills} ends, {saved} edits acknowledged, {cut} cut off; next start after {milliseconds(starts)}"


def save_until_killed(program, edited, moment):
    """How many edits were acknowledged and how many had no answer."""
    savers = Savers(program, edited)
    time.sleep(moment)
    program.kill()
    savers.end()
    statuses = [status for _, _, status in savers.outcomes]
    hold(set(statuses) <= {0, 200, 412}, f"edits are {counted(statuses)}")
    return statuses.count(200), statuses.count(0)
