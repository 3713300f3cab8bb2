"""The program under test: starting and ending it, asking it, saving through it, reading back what was saved."""

import contextlib
import http.client
import json
import os
import re
import resource
import select
import signal
import subprocess
import threading
import time
import urllib.parse

LOGIN, PASSWORD = "ann", "a password of many letters"
API = "/api/v1/graders"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# Seconds. The issue of a fault is good answers within 1 s of its end; a machine that does other things besides
# may hold any process up for about as long again.
RECOVERY = 1
SLACK = 2
# No answer of the program takes so long: whoever waits longer sees a hang.
HANG = 30
LOST = (OSError, http.client.HTTPException)


class Broken(Exception):
    """What the program may not do, and did."""


def hold(condition, told):
    if not condition:
        raise Broken(told)


def most_files():
    """Lets this process, and those that it starts, open as many files as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def milliseconds(times):
    """The middle and the longest of some times."""
    times = sorted(times)
    return f"{times[len(times) // 2] * 1000:.0f} ms, at most {times[-1] * 1000:.0f} ms"


class Answer:
    def __init__(self, answer):
        self.status, self.headers = answer.status, answer.headers
        self.bytes = answer.read()

    @property
    def text(self):
        return self.bytes.decode()

    @property
    def json(self):
        return json.loads(self.bytes)


class Client:
    """A connection that is made anew when it was lost."""

    def __init__(self, port):
        self.port, self.connection = port, None

    def ask(self, method, path, body=None, headers=None):
        """The answer; one of LOST if there is none, also to a request that may have been carried out."""
        fresh = self.connection is None
        if fresh:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=HANG)
        try:
            self.connection.request(method, path, body, headers or {})
            return Answer(self.connection.getresponse())
        except LOST as error:
            self.close()
            hold(not isinstance(error, TimeoutError), f"{method} {path} hangs")
            # The program closed an idle connection: nothing was asked yet.
            if not fresh and method == "GET":
                return self.ask(method, path, body, headers)
            raise

    def get(self, path, **headers):
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def page(self, path):
        answer = self.get(path)
        hold(answer.status == 200, f"{path} is {answer.status}")
        return answer.text

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


class Program:
    """One process of the program on a database."""

    def __init__(self, binary, url, folder, **environment):
        self.binary, self.log, self.process = binary, os.path.join(folder, "log"), None
        self.savers = []
        self.environment = dict(os.environ, DATABASE_URL=url, RUST_LOG="warn,access=off")
        self.environment |= {"GRADES_ADDRESS": "127.0.0.1:0"} | environment

    def start(self):
        """Seconds until it answered its first request."""
        begun = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([self.binary], env=self.environment, stdout=subprocess.PIPE, stderr=log)
        ready, _, _ = select.select([self.process.stdout], [], [], HANG)
        hold(ready, "the start hangs")
        line = self.process.stdout.readline().decode().strip()
        hold(line.startswith("http://"), f"the program did not start: {self.last_log()}")
        self.port = self.listens_on()
        Client(self.port).page("/readyz")
        return time.monotonic() - begun

    def listens_on(self):
        """The port: the first line tells the address that visitors see, which may be another one."""
        files = f"/proc/{self.process.pid}/fd"
        sockets = set()
        for name in os.listdir(files):
            # The program opens and closes files meanwhile.
            with contextlib.suppress(FileNotFoundError):
                sockets.add(os.readlink(f"{files}/{name}"))
        with open("/proc/net/tcp") as table:
            lines = [line.split() for line in table]
        # 0A is «listens».
        own = [line[1] for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in sockets]
        return int(own[0].split(":")[1], 16)

    def kill(self):
        """As if it had never been: also before it has begun, and after it has ended."""
        for savers in self.savers:
            savers.is_over.set()
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()

    def stop(self):
        """Seconds until it has ended in its own way."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=HANG)
        except subprocess.TimeoutExpired:
            raise Broken("the process does not end when it is told to") from None
        return time.monotonic() - begun

    def client(self):
        return Client(self.port)

    def make_owner(self):
        command = [self.binary, "create-editor", LOGIN, "--owner"]
        password = f"{PASSWORD}\n".encode()
        subprocess.run(command, input=password, env=self.environment, stdout=subprocess.DEVNULL, check=True)

    def memory(self, name="VmRSS"):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(rf"{name}:\s+(\d+) kB", status.read())[1]) / 1024

    def open_files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def must_live(self):
        hold(self.process.poll() is None, f"the program ended by itself: {self.last_log()}")

    def last_log(self):
        with open(self.log, errors="replace") as log:
            return "".join(dict.fromkeys(log.readlines()[-5:]))


class Editor:
    """An owner who is signed in."""

    def __init__(self, program):
        self.client = program.client()
        form = {"login": LOGIN, "password": PASSWORD, "to": "/admin"}
        answer = self.client.ask("POST", "/admin/sign-in", urllib.parse.urlencode(form), FORM)
        hold(answer.status == 303, f"signing in is {answer.status}")
        cookies = answer.headers.get_all("set-cookie")
        self.cookie = {"Cookie": next(it for it in cookies if it.startswith("session=")).split(";")[0]}

    def page(self, path):
        answer = self.client.ask("GET", path, headers=self.cookie)
        hold(answer.status == 200, f"{path} is {answer.status} for an editor")
        return answer.text

    def send(self, path, **form):
        return self.client.ask("POST", path, urllib.parse.urlencode(form), FORM | self.cookie)

    def hidden(self, path, *names):
        """Fields of the form on a page that nobody sees."""
        page = self.page(path)
        return {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in names}

    def key(self):
        """A key that lets a program write."""
        path = "/admin/tokens"
        made = self.send(path, action="add", name="faults", scope="write", days="30", **self.hidden(path, "token"))
        hold(made.status == 200, f"a key is {made.status}")
        return re.search(r"grades_[0-9a-f]{40,}", made.text)[0]

    def save(self, path, fields, text):
        return self.send(path, text=text, action="save", **fields)


class Grade:
    """A grade that one client edits through the API, and what its description may be: the last one that was
    acknowledged, or one that was sent after it and had no answer."""

    def __init__(self, number, key, grade):
        self.number, self.count = number, 0
        self.path = f"{API}/grades/{grade['grade_id']}"
        self.page = f"/professions/{grade['profession']}/{grade['level_name'].replace('+', '-plus')}"
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.acknowledged, self.unanswered, self.etag = grade["description"], set(), None

    def word(self, count):
        """A word that stands in the description of one edit alone."""
        return f"k{self.number}n{count}n"

    def save(self, client):
        """The status of the next edit; one of LOST if there was no answer."""
        if self.etag is None:
            answer = client.get(self.path)
            if answer.status != 200:
                return answer.status
            self.accept(answer)
        self.count += 1
        text = f"- Правка {self.word(self.count)}"
        self.unanswered.add(text)
        try:
            body = json.dumps({"description": text})
            answer = client.ask("PATCH", self.path, body, self.headers | {"If-Match": self.etag})
        except LOST:
            self.etag = None
            raise
        if answer.status == 200:
            hold(answer.json["description"] == text, f"{self.path} was saved as {answer.text}")
            self.acknowledged, self.unanswered, self.etag = text, set(), answer.headers["etag"]
        else:
            self.etag = None
        return answer.status

    def accept(self, answer):
        """Holds what was read to what was saved. An edit that had no answer counts if it is there, and may still come
        if it is not: PostgreSQL ends what the killed process began."""
        text = answer.json["description"]
        hold(
            text == self.acknowledged or text in self.unanswered,
            f"{self.path} lost an edit: it is {text!r}, acknowledged was {self.acknowledged!r}",
        )
        self.acknowledged, self.etag = text, answer.headers["etag"]

    def check(self, client):
        """Holds the grade, its history, its page and the search to the same edit."""
        answer = client.get(self.path)
        hold(answer.status == 200, f"{self.path} is {answer.status}")
        self.accept(answer)
        if self.acknowledged.startswith("- Правка "):
            word = self.acknowledged.removeprefix("- Правка ")
            history = client.ask("GET", f"{self.path}/revisions?limit=1", headers=self.headers).json["items"]
            hold(history and history[0]["after"] == self.acknowledged, f"{self.path} has another history: {history}")
            hold(word in client.page(self.page), f"{self.page} shows another text than {word}")
            hold(self.page in client.page(f"/search?q={word}"), f"the search does not find {word} at {self.page}")


def grades(program, key):
    """Every grade of the starting catalogue, to be edited."""
    client, found, path = program.client(), [], f"{API}/grades?limit=100"
    while path:
        part = client.get(path).json
        found += part["items"]
        path = f"{API}/grades?limit=100&cursor={part['next']}" if part["next"] else None
    return [Grade(number, key, grade) for number, grade in enumerate(found)]


class Savers:
    """Clients that save one edit after another, each its own grade, until they are told to end."""

    def __init__(self, program, edited, pause=0.0):
        self.program, self.pause, self.is_over = program, pause, threading.Event()
        self.outcomes, self.failed = [], []
        program.savers.append(self)
        self.threads = [threading.Thread(target=self.save, args=[grade]) for grade in edited]
        for thread in self.threads:
            thread.start()

    def save(self, grade):
        """Tells of each edit when it was sent, how long it took, and its status, 0 if there was no answer."""
        client = self.program.client()
        try:
            while not self.is_over.is_set():
                begun = time.monotonic()
                try:
                    status = grade.save(client)
                except LOST:
                    status = 0
                self.outcomes.append((begun, time.monotonic() - begun, status))
                time.sleep(self.pause if status == 200 else self.pause + 0.01)
        except Broken as broken:
            self.failed.append(broken)

    def since(self, moment):
        return [(took, status) for begun, took, status in self.outcomes if begun >= moment]

    def end(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join()
        if self.failed:
            raise self.failed[0]


def counted(statuses):
    """How often each status was."""
    statuses = list(statuses)
    return ", ".join(f"{statuses.count(status)} × {status or 'lost'}" for status in sorted(set(statuses)))


def until_saved(grade, client):
    """Seconds until an edit succeeds."""
    begun = time.monotonic()
    while True:
        try:
            if grade.save(client) == 200:
                return time.monotonic() - begun
        except LOST:
            pass
        hold(time.monotonic() < begun + HANG, f"{grade.path} can't be saved any more")
        time.sleep(0.01)


def until_read(client, path):
    """Seconds until a page is good again."""
    begun = time.monotonic()
    while True:
        try:
            if client.get(path).status == 200:
                return time.monotonic() - begun
        except LOST:
            pass
        hold(time.monotonic() < begun + HANG, f"{path} can't be read any more")
        time.sleep(0.01)
