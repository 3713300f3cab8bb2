"""An edit is in the next answer of every process."""

import multiprocessing
import random
import re
import time

from program import Client, hold, milliseconds

READERS = 2


def run(context):
    """Edits go through two processes on one database in turn, while others read: what either process answers after an
    edit was acknowledged has that edit, page and API alike, also to those who hold the former page."""
    first, _, edited = context.begin()
    second = context.program()
    second.start()
    programs = [first, second]
    acknowledged = multiprocessing.Array("i", len(edited), lock=False)
    reads, stale, is_over = (multiprocessing.Value("i", 0) for _ in range(3))
    shared = [grade.page for grade in edited], [one.port for one in programs], acknowledged, reads, stale, is_over
    readers = [multiprocessing.Process(target=read, args=shared) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    clients, held, times = [one.client() for one in programs], {}, []
    begun = time.monotonic()
    for pair in range(context.pairs):
        grade, writer = edited[pair % len(edited)], clients[pair // len(edited) % 2]
        sent = time.monotonic()
        status = grade.save(writer)
        times.append(time.monotonic() - sent)
        hold(status == 200, f"an edit of {grade.path} is {status}")
        acknowledged[grade.number] = grade.count
        for number, client in enumerate(clients):
            path = grade.page if pair % 4 else grade.path
            former = held.get((number, path))
            answer = client.get(path, **({"If_None_Match": former} if former else {}))
            held[number, path] = answer.headers["etag"]
            hold(
                answer.status == 200 and grade.word(grade.count) in answer.text,
                f"{path} of process {number} is stale after edit {pair}: {answer.status}",
            )
    took = time.monotonic() - begun
    is_over.value = 1
    for reader in readers:
        reader.join()
    hold(stale.value == 0, f"{stale.value} answers to other readers were stale")
    hold(all(reader.exitcode == 0 for reader in readers), "a reader failed")
    hold(reads.value > context.pairs / 10, f"there was no load: {reads.value} pages read besides")
    for grade in edited:
        grade.check(clients[0])
    besides = f"{reads.value} pages read besides"
    return f"{context.pairs} pairs in {took:.0f} s, {besides}, none stale; edits {milliseconds(times)}"


def read(pages, ports, acknowledged, reads, stale, is_over):
    """Reads pages of both processes; each must have the edit that was acknowledged before it was asked."""
    clients, order = [Client(port) for port in ports], random.Random()
    while not is_over.value:
        number = order.randrange(len(pages))
        before = acknowledged[number]
        found = re.search(rf"k{number}n(\d+)n", order.choice(clients).page(pages[number]))
        shown = int(found[1]) if found else 0
        with reads.get_lock():
            reads.value += 1
            stale.value += shown < before
        time.sleep(0.001)
