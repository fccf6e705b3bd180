# SPDX-License-Identifier: Apache-2.0
"""The private servers of a stack: PostgreSQL, Redis, workers, each in the folder of the stack and
on a Unix socket.

Every function takes the stack's state (a dict that is saved as JSON) and notes in it what it
started.
"""
import glob
import os
import shutil
import signal
import subprocess
import time

from . import process

PG_USER = PG_NAME = "bloodtest"


def note(state, kind, pid):
    state["started"].append({"kind": kind, "pid": pid, "born": process.birth(pid)})
    return pid


def pids(state, kind):
    return [
        s["pid"]
        for s in state["started"]
        if s["kind"] == kind and process.is_alive(s["pid"], s["born"])
    ]


def pg_program(name):
    found = shutil.which(name)
    newest = sorted(glob.glob("/usr/lib/postgresql/*/bin/" + name))
    if newest:
        found = newest[-1]
    if not found:
        raise SystemExit(f"stack: {name} was not found. Install PostgreSQL (Debian: postgresql-15)")
    return found


def psql(state, sql, form="-q"):
    """Statements by PostgreSQL's own client, on the database of the stack."""
    where = ["-h", state["home"] + "/s", "-U", PG_USER, "-d", PG_NAME]
    words = [pg_program("psql"), form, "-v", "ON_ERROR_STOP=1", *where, "-c", sql]
    return process.run(state["home"], words, timeout=60)


def pg_pid(state):
    """Pid of the postmaster by its own file, for it may have been restarted since."""
    try:
        with open(os.path.join(state["home"], "pg", "postmaster.pid"), encoding="utf-8") as file:
            pid = int(file.readline())
    except (OSError, ValueError):
        return None
    return pid if process.is_alive(pid) else None


def pg_init(state):
    home = state["home"]
    data = os.path.join(home, "pg")
    process.run(
        home,
        [
            pg_program("initdb"),
            "-D",
            data,
            "-U",
            PG_USER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        ],
    )
    with open(os.path.join(data, "postgresql.conf"), "a", encoding="utf-8") as file:
        file.write(
            f"""
listen_addresses = ''
unix_socket_directories = '{home}/s'
max_connections = 200
max_wal_size = 2GB
log_line_prefix = '%m [%p] '
"""
        )


def pg_start(state):
    home = state["home"]
    log = os.path.join(home, "log", "postgresql.log")
    pid = process.start(home, log, [pg_program("postgres"), "-D", os.path.join(home, "pg")])
    ready = [pg_program("pg_isready"), "-q", "-h", os.path.join(home, "s")]
    wait_for("PostgreSQL", lambda: process.run(home, ready, check=False).returncode == 0, pid, log)
    return note(state, "pg", pid)


def pg_stop(state, mode="fast"):
    """fast: sessions are cut; immediate: as a crash."""
    pid = pg_pid(state)
    if pid:
        process.stop([pid], 30, {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode])


def pg_create(state):
    process.run(
        state["home"], [pg_program("createdb"), "-h", state["home"] + "/s", "-U", PG_USER, PG_NAME]
    )


def redis_program():
    """Debian's redis-tools holds the server's binary under the name of its checker."""
    for path in ("/usr/bin/redis-server", "/usr/bin/redis-check-rdb"):
        if os.access(path, os.X_OK):
            return path
    raise SystemExit("stack: no Redis was found. Install redis-tools")


def redis_start(state):
    home = state["home"]
    log = os.path.join(home, "log", "redis.log")
    words = [
        "redis-server",
        "--port",
        "0",
        "--unixsocket",
        state["redis_socket"],
        "--unixsocketperm",
        "770",
        "--save",
        "",
        "--appendonly",
        "no",
        "--daemonize",
        "no",
        "--dir",
        home,
    ]
    pid = process.start(home, log, words, executable=redis_program())
    wait_for("Redis", lambda: redis_answers(state), pid, log)
    return note(state, "redis", pid)


def redis_answers(state):
    done = subprocess.run(
        ["redis-cli", "-s", state["redis_socket"], "ping"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() == "PONG"


def redis_stop(state):
    """By its socket, for it may have been started again; then by pid, for it may hang."""
    words = ["redis-cli", "-s", state["redis_socket"], "shutdown", "nosave"]
    subprocess.run(words, capture_output=True, check=False, timeout=10)
    process.stop(pids(state, "redis"), 10)


def worker_start(state):
    home = state["home"]
    log = os.path.join(home, "log", "worker.log")
    words = [
        os.path.join(home, "bin", "bloodtest-worker"),
        "--config",
        os.path.join(home, "worker.conf"),
    ]
    return note(state, "worker", process.start(home, log, words, state["sanitizer"]))


def wait_for(what, question, pid, log, seconds=30):
    end = time.monotonic() + seconds
    while not question():
        if not process.is_alive(pid):
            raise SystemExit(f"stack: {what} ended while starting\n{tail(log)}")
        if time.monotonic() > end:
            process.stop([pid], 2)
            raise SystemExit(f"stack: {what} did not answer within {seconds} s\n{tail(log)}")
        time.sleep(0.05)


def tail(path, lines=25):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return f"--- end of {path}\n" + "".join(file.readlines()[-lines:]).rstrip()
    except OSError:
        return f"--- {path} was not written"
