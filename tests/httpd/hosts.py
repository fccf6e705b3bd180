# SPDX-License-Identifier: Apache-2.0
"""Hosts that are network namespaces: each holds one worker and reaches PostgreSQL and Redis through
a cable that can be cut.

The servers stay where tests/stack starts them; in the namespace `hub` their Unix sockets are
offered on TCP.  What is sent into a cut cable is lost without a word, as between real hosts.
"""
import glob
import os
import re
import subprocess
import time

from harness import process

PG_PORT, REDIS_PORT = 5432, 6379
HERE = os.path.dirname(os.path.realpath(__file__))


def ip(*words, check=True):
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=check)


def is_possible():
    """Whether this user may make network namespaces here."""
    name = f"bttry{os.getpid()}"
    if os.getuid() != 0 or ip("netns", "add", name, check=False).returncode:
        return False
    entered = ip("-n", name, "link", "set", "lo", "up", check=False).returncode == 0
    ip("netns", "del", name)
    return entered


class Hosts:
    def __init__(self, stack, number):
        self.stack, self.home = stack, stack.state()["home"]
        self.names = {n: f"bt{os.getpid()}w{n}" for n in range(1, number + 1)}
        self.hub = f"bt{os.getpid()}hub"
        self.workers, self.forwards = {}, []

    def up(self):
        for name in (self.hub, *self.names.values()):
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        for n, name in self.names.items():
            cable = ["link", "add", f"cable{n}", "type", "veth", "peer", "name", "eth0"]
            ip("-n", self.hub, *cable, "netns", name)
            ip("-n", self.hub, "addr", "add", f"10.77.{n}.1/24", "dev", f"cable{n}")
            ip("-n", name, "addr", "add", f"10.77.{n}.2/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            self.mend(n)
        database = glob.glob(os.path.join(self.home, "s", ".s.PGSQL.[0-9]*[0-9]"))[0]
        self.forward(PG_PORT, database)
        self.forward(REDIS_PORT, self.stack["REDIS_SOCKET"])

    def forward(self, port, path):
        """Listens before this returns: what comes early waits in its queue."""
        words = [os.path.join(HERE, "forward.py"), str(port), path]
        self.forwards.append(self.start(self.hub, words))
        words = ["ss", "-N", self.hub, "-Hltn", f"sport = :{port}"]
        while not subprocess.run(words, capture_output=True, text=True, check=True).stdout:
            time.sleep(0.05)

    def start(self, name, words):
        """A program of the stack's user in a namespace; its pid."""
        user = process.unprivileged()
        enter = ["nsenter", f"--net=/run/netns/{name}", "setpriv", "--clear-groups"]
        enter += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
        how = process.identity(self.home, self.stack.state()["sanitizer"])
        with open(os.path.join(self.home, "log", "worker.log"), "ab") as log:
            child = subprocess.Popen(
                enter + words,
                env=how["env"],
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        child.returncode = 0  # it is stopped by its pid
        return child.pid

    def start_worker(self, n):
        with open(os.path.join(self.home, "worker.conf"), encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"(?m)^params=host=\S+", f"params=host=10.77.{n}.1 port={PG_PORT}", text)
        text = re.sub(r"(?m)^url=unix:.*$", f"url=redis://10.77.{n}.1:{REDIS_PORT}", text)
        path = os.path.join(self.home, f"worker{n}.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        process.give(path, 0o640)
        words = [os.path.join(self.home, "bin", "bloodtest-worker"), "--config", path]
        self.workers[n] = self.start(self.names[n], words)

    def cut(self, n):
        ip("-n", self.hub, "link", "set", f"cable{n}", "down")

    def mend(self, n):
        ip("-n", self.hub, "link", "set", f"cable{n}", "up")

    def of_worker(self, name):
        """The host of a worker as the database names it (host:pid:…)."""
        pid = int(name.split(":")[1])
        return next(n for n, worker in self.workers.items() if worker == pid)

    def down(self):
        process.stop(list(self.workers.values()), 20)
        process.stop(self.forwards, 5)
        for name in (*self.names.values(), self.hub):
            ip("netns", "del", name, check=False)
