"""The databases under test: a file, or a PostgreSQL server of our own that can be ended, filled and limited."""

import glob
import os
import pwd
import socket
import sqlite3
import subprocess

SERVER_USER = "postgres"
ROLE = "grades"


class Sqlite:
    """A file in a folder."""

    name = "SQLite"

    def __init__(self, folder):
        self.file = os.path.join(folder, "grades.sqlite3")
        self.url = f"sqlite://{self.file}"

    def faults(self):
        """What is wrong inside, in the words of SQLite; also reads every page of the file."""
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchall()
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        connection.close()
        return [] if found == [("ok",)] and not broken else found + broken


    def end(self):
        """Nothing runs."""


class Postgres:
    """A server in a folder, with a role that is no superuser and owns one database."""

    name = "PostgreSQL"

    def __init__(self, folder):
        self.programs = max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))
        self.folder = os.path.join(folder, "server")
        os.mkdir(self.folder)
        user = pwd.getpwnam(SERVER_USER)
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.data = os.path.join(self.folder, "data")
        self.run("initdb", "-D", self.data, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", SERVER_USER)
        with open(os.path.join(self.data, "postgresql.conf"), "a") as settings:
            settings.write(
                f"listen_addresses = '127.0.0.1'\nport = {free_port()}\nunix_socket_directories = '{self.folder}'\n"
                "max_connections = 40\nsuperuser_reserved_connections = 3\nlc_messages = 'C'\n"
            )
        self.port = int(self.setting("port"))
        self.url = f"postgres://{ROLE}@127.0.0.1:{self.port}/{ROLE}"
        self.start()
        self.ask(f"CREATE ROLE {ROLE} LOGIN")
        self.ask(f"CREATE DATABASE {ROLE} OWNER {ROLE}")

    def setting(self, name):
        return self.run("postgres", "-D", self.data, "-C", name).strip()

    def run(self, program, *arguments):
        command = [os.path.join(self.programs, program), *arguments]
        with open(os.path.join(self.folder, "output"), "a+") as output:
            streams = {"stdout": subprocess.PIPE, "stderr": output, "text": True}
            done = subprocess.run(command, user=SERVER_USER, cwd=self.folder, **streams)
            output.seek(0)
            if done.returncode:
                raise RuntimeError(f"{program} failed: {output.read()[-1000:]}")
        return done.stdout

    def start(self):
        """Returns as soon as the server lets anybody in."""
        log = os.path.join(self.folder, "log")
        self.run("pg_ctl", "start", "-w", "-D", self.data, "-l", log)

    def stop(self, mode):
        self.run("pg_ctl", "stop", "-m", mode, "-D", self.data)

    def is_running(self):
        return os.path.exists(os.path.join(self.data, "postmaster.pid"))

    def ask(self, statement, database=SERVER_USER):
        """What a superuser gets."""
        return self.run("psql", "-h", self.folder, "-p", str(self.port), "-d", database, "-XAtq", "-c", statement)

    def end(self):
        if self.is_running():
            self.stop("immediate")

    def faults(self):
        """What of the database can't be read; a dump reads all of it."""
        self.run("pg_dump", "-h", self.folder, "-p", str(self.port), "-f", "/dev/null", ROLE)
        return []


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
