"""Bytes that are no HTTP, or HTTP that means two things."""

import random
import socket
import time

from program import hold

GOOD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /admin/sign-in HTTP/1.1\r\nHost: x\r\n"
# Who smuggles asks for this in what others take for a body.
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
# Each is answered with one of these or not at all.
REFUSALS = {400, 404, 405, 408, 411, 413, 414, 417, 431, 501, 505}

BROKEN = {
    "nothing": b"\r\n\r\n\r\n\r\n",
    "a word": b"GET\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "version 0.9": b"GET / HTTP/0.9\r\n\r\n",
    "version 3": b"GET / HTTP/3.0\r\nHost: x\r\n\r\n",
    "half a version": b"GET / HTTP/1.\r\nHost: x\r\n\r\n",
    "a long version": b"GET / HTTP/1.1111111111\r\nHost: x\r\n\r\n",
    "two spaces": b"GET  /  HTTP/1.1\r\nHost: x\r\n\r\n",
    "a space in the address": b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in the address": b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in the method": b"G\0T / HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in a name": b"GET / HTTP/1.1\r\nHo\0st: x\r\n\r\n",
    "NUL in a value": b"GET / HTTP/1.1\r\nHost: x\0y\r\n\r\n",
    "a bare CR": b"GET / HTTP/1.1\r\nHost: x\rX-Y: z\r\n\r\n",
    "a method of 100 KB": b"A" * 100_000 + b" / HTTP/1.1\r\nHost: x\r\n\r\n",
    "an address of 1 MB": b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header of 1 MB": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n",
    "10,000 headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 10_000 + b"\r\n",
    "no colon": b"GET / HTTP/1.1\r\nHost x\r\n\r\n",
    "no name": b"GET / HTTP/1.1\r\n: x\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
    "a path that climbs out": b"GET /../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    "percent signs that mean nothing": b"GET /%zz%c3%28%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) * 2,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a length that is no number": POST + b"Content-Length: many\r\n\r\n",
    "a length below zero": POST + b"Content-Length: -1\r\n\r\n",
    "a length with a sign": POST + b"Content-Length: +5\r\n\r\nlogin",
    "a length beyond all": POST + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "a length of 64 bits": POST + b"Content-Length: 18446744073709551615\r\n\r\nabc",
    "chunks of no size": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "a chunk below zero": POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n",
    "a chunk beyond all": POST + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n",
    "a chunk without an end": POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n",
    "an unknown coding": POST + b"Transfer-Encoding: zip\r\n\r\nabc",
}
# Two ways to tell where a body ends; the second way has a request of its own in it.
SMUGGLING = {
    "length and chunks": b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n0\r\n\r\n",
    "a space before the colon": b"Content-Length: %d\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a coding in disguise": b"Content-Length: %d\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a coding behind a tab": b"Content-Length: %d\r\nTransfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n",
    "two codings": b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "identity last": b"Content-Length: %d\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: %d\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths in one": b"Content-Length: %d, 5\r\n\r\n0\r\n\r\n",
    "a bare line feed": b"Content-Length: %d\r\nX: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
}
GARBAGE = 300
# Seconds that a server may wait for the rest of something.
LONGEST_WAIT = 12


def run(context):
    """Every such request is answered with a refusal or closed, nobody gets an answer to a request in the body of
    another one, and the server goes on."""
    program, _, _ = context.begin()
    outcomes, slowest = [], 0
    for name, request in BROKEN.items():
        statuses, took = send(program.port, request)
        hold(set(statuses) <= REFUSALS, f"{name}: {statuses}")
        outcomes, slowest = outcomes + [statuses[0] if statuses else "closed"], max(slowest, took)
        is_well(program, name)
    for name, beginning in SMUGGLING.items():
        request = POST + beginning % (len(b"0\r\n\r\n") + len(SMUGGLED)) + SMUGGLED
        statuses, took = send(program.port, request)
        hold(len(statuses) <= 1, f"{name}: a request was smuggled: {statuses}")
        outcomes, slowest = outcomes + [statuses[0] if statuses else "closed"], max(slowest, took)
        is_well(program, name)
    # Behind a good request on the same connection.
    for name, request in BROKEN.items():
        statuses, _ = send(program.port, GOOD + request)
        hold(statuses[:1] == [200] and set(statuses[1:]) <= REFUSALS, f"{name} behind a good request: {statuses}")
    is_well(program, "requests behind good ones")
    garbage = random.Random(16)
    for number in range(GARBAGE):
        request = bytearray(GOOD * 2 if number % 2 else POST + b"Content-Length: 3\r\n\r\na=b")
        for _ in range(garbage.randrange(1, 8)):
            request[garbage.randrange(len(request))] = garbage.randrange(256)
        send(program.port, bytes(request), patience=0.05)
    is_well(program, "garbage")
    memory = program.memory("VmHWM")
    kinds = ", ".join(f"{outcomes.count(it)} × {it}" for it in sorted(set(outcomes), key=str))
    besides = f"{GARBAGE} of garbage; memory at most {memory:.0f} MB"
    return f"{len(outcomes)} requests: {kinds}, the slowest {slowest:.1f} s; {besides}"


def is_well(program, after):
    program.must_live()
    statuses, _ = send(program.port, GOOD.replace(b"Host", b"Connection: close\r\nHost"), patience=5)
    hold(statuses == [200], f"after {after}: {statuses}")


def send(port, request, patience=LONGEST_WAIT):
    """The statuses of all answers on a connection until it is closed or silent, and the seconds until then."""
    begun, answers = time.monotonic(), b""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as stream:
        try:
            stream.sendall(request)
            # Nothing more will come: who waits for the rest is told so.
            if patience == LONGEST_WAIT:
                stream.shutdown(socket.SHUT_WR)
            while piece := stream.recv(65536):
                answers += piece
        # Who is refused may find the connection gone.
        except OSError:
            hold(time.monotonic() - begun < LONGEST_WAIT, f"{request[:80]} hangs")
    statuses = [int(part[2:5]) for part in answers.split(b"HTTP/1.")[1:] if part[1:2] == b" "]
    return statuses, time.monotonic() - begun
