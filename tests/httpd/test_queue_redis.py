# SPDX-License-Identifier: Apache-2.0
"""Every form of address against real servers, and every way in which Redis can be wrong: wrong
role, silent, without its group, and a failover by Sentinel.

One httpd has a Location for each address; a worker of its own takes what was submitted there.
"""
import os
import re
import socket
import subprocess
import time

import pytest

from harness import DB, Stack, lifecycle, process, sample, servers, unique

pytestmark = pytest.mark.skipif(DB != "sqlite", reason="nothing here depends on the database")
AWAY = ("BT2102", "BT1041", "BT1034", "BT1033")
# What a user of Redis needs to be allowed (README.md).
ACL = (
    "~bloodtest:* +auth +select +ping +role +xadd +xreadgroup +xgroup +xack +xdel +xlen"
    " +xautoclaim +set"
)
PASSWORD = "p@ss:w/rd?"
QUOTED = "p%40ss%3Aw%2Frd%3F"
LONGEST = 5  # seconds that a submission may take, however Redis is


def start_redis(home, port, *words, name="redis-server"):
    log = os.path.join(home, "log", f"redis-{port}.log")
    command = [name, *words, "--port", str(port), "--bind", "127.0.0.1", "--dir", home + "/run"]
    command += ["--save", ""] if name == "redis-server" else []
    pid = process.start(home, log, command, executable=servers.redis_program())
    servers.wait_for("Redis", lambda: cli(port, "ping") != "", pid, log)
    return pid


def cli(port, *words):
    """What redis-cli says, also where it is a refusal; nothing where nobody answers."""
    command = ["redis-cli", "-p", str(port), "--no-auth-warning", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    return "" if "Could not connect" in done.stdout + done.stderr else done.stdout.strip()


def hints_sent(port, *login):
    """How many hints ever came to this server."""
    said = cli(port, *login, "--raw", "XINFO", "STREAM", "bloodtest:hints:routine")
    found = re.search(r"entries-added\n(\d+)", said)
    return int(found.group(1)) if found else 0


def wait_for(question, seconds=40):
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def silent():
    """A server that takes connections and says nothing."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(64)
    return server


class Place:
    """A stack whose Locations have different addresses of Redis."""

    def __init__(self):
        self.black = silent()
        self.ports = {n: lifecycle.free_port() for n in ("main", "replica", "sentinel", "locked")}
        locked = self.ports["locked"]
        self.urls = {
            "password": f"redis://:{QUOTED}@127.0.0.1:{locked}",
            "acl": f"redis://wörker:{QUOTED}@localhost:{locked}/3".replace("ö", "%C3%B6"),
            "sentinel": f"redis+sentinel://127.0.0.1:1,127.0.0.1:{self.ports['sentinel']}/lab",
            "replica": f"redis://127.0.0.1:{self.ports['replica']}",
            "refused": f"redis://:wrong@127.0.0.1:{locked}",
            "silent": f"redis://127.0.0.1:{self.black.getsockname()[1]}",
        }
        self.include = os.path.join(lifecycle.short_temporary(), f"btinc-{os.getpid()}.conf")
        with open(self.include, "w", encoding="utf-8") as file:
            for name, url in self.urls.items():
                file.write(
                    f'<Location "/{name}">\nBloodtest On\nBloodtestAnonymous On\n'
                    f'BloodtestRedis "{url}"\nRequire all granted\n</Location>\n'
                )
        os.chmod(self.include, 0o644)
        self.stack = Stack("--workers", "0", "--location", "/main", "--include", self.include).up()
        self.home = self.stack.state()["home"]
        self.worker = None
        self.started = []

    def start_redis(self, port, *words, **more):
        self.started.append(start_redis(self.home, port, *words, **more))

    def start_servers(self):
        main, replica = self.ports["main"], self.ports["replica"]
        self.start_redis(main)
        self.start_redis(replica, "--replicaof", "127.0.0.1", str(main))
        self.start_redis(self.ports["locked"], "--requirepass", PASSWORD)
        user = ("ACL", "SETUSER", "wörker", "on", ">" + PASSWORD, *ACL.split())
        assert cli(self.ports["locked"], "-a", PASSWORD, *user) == "OK"
        wait_for(lambda: "master_link_status:up" in cli(replica, "INFO", "replication"))

    def start_sentinel(self):
        path = os.path.join(self.home, "run", "sentinel.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(
                f"sentinel monitor lab 127.0.0.1 {self.ports['main']} 1\n"
                "sentinel down-after-milliseconds lab 1000\n"
                "sentinel failover-timeout lab 3000\n"
            )
        process.give(path, 0o600)
        self.start_redis(self.ports["sentinel"], path, "--sentinel", name="redis-sentinel")
        told = lambda: cli(self.ports["sentinel"], "--raw", "SENTINEL", "replicas", "lab")
        wait_for(lambda: str(self.ports["replica"]) in told())

    def work_for(self, name):
        """One worker, with the address of this Location."""
        if self.worker:
            process.stop([self.worker], 20)
        with open(os.path.join(self.home, "worker.conf"), encoding="utf-8") as file:
            text = re.sub(r"(?m)^url=.*$", "url=" + self.urls[name], file.read())
        path = os.path.join(self.home, "other.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        process.give(path, 0o640)
        words = [os.path.join(self.home, "bin", "bloodtest-worker"), "--config", path]
        log = os.path.join(self.home, "log", "worker.log")
        self.worker = process.start(self.home, log, words, self.stack.state()["sanitizer"])

    def submit(self, name):
        self.stack.values["BASE_URL"] = re.sub(r"/\w+$", "/" + name, self.stack["BASE_URL"])
        begun = time.monotonic()
        analysis = self.stack.submit(unique(sample("critical")))
        assert time.monotonic() - begun < LONGEST
        return analysis

    def done(self, *analyses):
        for analysis in analyses:
            assert self.stack.finished(analysis)["status"] == "completed"

    def end(self):
        if self.worker:
            process.stop([self.worker], 20)
        process.stop(self.started, 20)
        self.stack.down()
        self.black.close()
        os.unlink(self.include)


@pytest.fixture(scope="module")
def shared_place():
    place = Place()
    try:
        place.start_servers()
        yield place
    finally:
        place.end()


@pytest.fixture
def place(shared_place, request):
    from conftest import watch  # pylint: disable=import-outside-toplevel

    for _ in watch(request, shared_place.stack):
        yield shared_place


@pytest.mark.parametrize("form", ["password", "acl"])
def test_login_and_database_number(place, form):
    port, login = place.ports["locked"], ("-a", PASSWORD)
    if form == "acl":
        login += ("--user", "default", "-n", "3")
    before = hints_sent(port, *login)
    waiting = place.submit(form)
    assert hints_sent(port, *login) == before + 1
    place.work_for(form)
    place.done(waiting, place.submit(form))
    empty = lambda: cli(port, *login, "XLEN", "bloodtest:hints:routine") == "0"
    wait_for(empty)  # taken by this address, and acknowledged
    process.stop([place.worker], 20)
    assert "NOPERM" not in cli(port, *login, "ACL", "LOG")


@pytest.mark.expects(*AWAY)
@pytest.mark.parametrize("form", ["silent", "refused", "replica"])
def test_a_wrong_redis_costs_time_only(place, form):
    """One that never answers, one that refuses the login, one that may not be written to."""
    waiting = [place.submit(form) for _ in range(3)]
    place.work_for(form)
    place.done(*waiting, place.submit(form))
    assert place.stack.get("/health").json()["redis"] == "unavailable" or form == "replica"
    with open(place.stack["WORKER_LOG"], encoding="utf-8") as file:
        assert PASSWORD not in file.read()


@pytest.mark.expects(*AWAY)
def test_group_gone_and_emptied(place):
    port, login = place.ports["locked"], ("-a", PASSWORD)
    place.work_for("password")
    place.done(place.submit("password"))
    for stream in ("stat", "routine"):
        key = "bloodtest:hints:" + stream
        assert cli(port, *login, "XGROUP", "DESTROY", key, "workers") == "1"
    place.done(place.submit("password"))
    assert cli(port, *login, "FLUSHALL") == "OK"
    place.done(place.submit("password"))
    groups = lambda: cli(port, *login, "--raw", "XINFO", "GROUPS", "bloodtest:hints:routine")
    wait_for(lambda: "workers" in groups())
    begun = time.monotonic()
    place.done(*[place.submit("password") for _ in range(3)])
    assert time.monotonic() - begun < 30


@pytest.mark.expects(*AWAY)
def test_failover_by_sentinel(place):
    """The first sentinel of the address does not exist.  After the failover the old master may not
    be written to, and the connections to it are led to the new one."""
    main, replica = place.ports["main"], place.ports["replica"]
    place.start_sentinel()
    waiting = place.submit("sentinel")
    assert hints_sent(main) == 1
    place.work_for("sentinel")
    place.done(waiting)
    before = hints_sent(replica)
    assert cli(place.ports["sentinel"], "SENTINEL", "FAILOVER", "lab") == "OK"
    wait_for(lambda: cli(replica, "--raw", "ROLE").startswith("master"))
    wait_for(lambda: cli(main, "--raw", "ROLE").startswith("slave"))
    end = time.monotonic() + 40
    while hints_sent(replica) <= before:
        place.done(place.submit("sentinel"))
        assert time.monotonic() < end, "no hint came to the new master"
    place.done(place.submit("sentinel"))
