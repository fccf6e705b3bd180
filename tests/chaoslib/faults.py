# SPDX-License-Identifier: Apache-2.0
"""Faults, one after the other at random: killed, frozen and restarted servers.

A freeze ends by itself after its time, while other faults go on; at least one worker is left alone.
"""
import os
import signal
import subprocess
import threading
import time

from stacklib import lifecycle, process, servers

from . import database

LEASE = 30
KINDS = {  # name → weight
    "worker_kill": 5,
    "worker_freeze": 2,
    "worker_freeze_past_lease": 2,
    "worker_term": 2,
    "extractor_kill": 3,
    "httpd_child_kill": 4,
    "httpd_child_freeze": 1,
    "httpd_graceful": 1,
    "redis_kill": 3,
    "redis_flush": 3,
    "redis_freeze": 1,
    "redis_gone": 1e-9,  # for a minute: only where it is asked for
    "pg_immediate": 3,
}


class Faults:
    def __init__(self, state, rng, options):
        self.state, self.rng = state, rng
        self.workers = options.workers
        self.count, self.timers, self.frozen = {}, [], set()
        self.kills = []  # (time, pid) of workers that died
        self.outages = []  # times at which the database came back
        self.lock = threading.Lock()
        self.kinds = [k for k in KINDS if state["db"] == "pgsql" or not k.startswith("pg_")]
        if options.only:
            self.kinds = options.only.split(",")
        self.pause = options.pause

    def run(self, seconds):
        """Faults until the time is over, then everything runs again."""
        end = time.monotonic() + seconds
        while True:
            time.sleep(self.rng.uniform(0.3, 1.7) * self.pause)
            if time.monotonic() > end:
                break
            kind = self.rng.choices(self.kinds, [KINDS[k] for k in self.kinds])[0]
            if getattr(self, kind)():
                self.count[kind] = self.count.get(kind, 0) + 1
        self.heal()

    def heal(self):
        for timer in self.timers:
            timer.join()
        if not servers.redis_answers(self.state):
            servers.redis_start(self.state)
        self.fill_up()

    # ---- helpers

    def freeze(self, pid, seconds):
        with self.lock:
            self.frozen.add(pid)
        process.send(pid, signal.SIGSTOP)
        timer = threading.Timer(seconds, self.thaw, (pid,))
        timer.start()
        self.timers.append(timer)

    def thaw(self, pid):
        process.send(pid, signal.SIGCONT)
        with self.lock:
            self.frozen.discard(pid)

    def worker(self, busy=False):
        """One that may be hurt, with its place filled again at the next fault; None where too few
        are well, or none is busy."""
        self.fill_up()
        with self.lock:
            well = [p for p in lifecycle.worker_pids(self.state) if p not in self.frozen]
        if len(well) < 2:
            return None
        if busy:
            owners = "SELECT owner FROM job_queue WHERE status = 'processing'"
            pids = {int(r["owner"].split(":")[1]) for r in database.rows(self.state, owners)}
            well = [p for p in well if p in pids]
        return self.rng.choice(well) if well else None

    def fill_up(self):
        for _ in range(self.workers - len(lifecycle.worker_pids(self.state))):
            servers.worker_start(self.state)

    def httpd_child(self):
        parents = servers.pids(self.state, "httpd")
        pids = [p for p in process.marked(self.state["home"]) if process.parent(p) in parents]
        return self.rng.choice(pids) if pids else None

    # ---- the faults; each says whether it happened

    def worker_kill(self):
        pid = self.worker()
        if pid:
            self.kills.append((time.time(), pid))
            process.send(pid, signal.SIGKILL)
        return pid

    def worker_term(self):
        pid = self.worker()
        if pid:
            process.send(pid, signal.SIGTERM)
        return pid

    def worker_freeze(self):
        pid = self.worker()
        if pid:
            self.freeze(pid, self.rng.uniform(0.5, 6))
        return pid

    def worker_freeze_past_lease(self):
        with self.lock:
            if self.frozen:
                return None
        pid = self.worker(busy=True)
        if pid:
            self.freeze(pid, LEASE + self.rng.uniform(6, 9))
        return pid

    def extractor_kill(self):
        pids = [
            p
            for p in process.marked(self.state["home"])
            if process.program(p) == "bloodtest-extract"
        ]
        if pids:
            process.send(self.rng.choice(pids), signal.SIGKILL)
        return pids

    def httpd_child_kill(self):
        pid = self.httpd_child()
        if pid:
            process.send(pid, signal.SIGKILL)
        return pid

    def httpd_child_freeze(self):
        pid = self.httpd_child()
        if pid:
            self.freeze(pid, self.rng.uniform(0.5, 3))
        return pid

    def httpd_graceful(self):
        pids = servers.pids(self.state, "httpd")
        for pid in pids:
            process.send(pid, signal.SIGUSR1)
        return pids

    def redis_pid(self):
        pids = servers.pids(self.state, "redis")
        return pids[-1] if pids else None

    def redis_kill(self):
        pid = self.redis_pid()
        if pid:
            process.send(pid, signal.SIGKILL)
            process.wait_gone([pid], 5)
            time.sleep(self.rng.uniform(0, 3))
        try:
            os.unlink(self.state["redis_socket"])
        except FileNotFoundError:
            pass
        servers.redis_start(self.state)
        return pid

    def redis_gone(self):
        process.stop([self.redis_pid()], 5, signal.SIGKILL)
        time.sleep(60)
        os.unlink(self.state["redis_socket"])
        return servers.redis_start(self.state)

    def redis_flush(self):
        words = ["redis-cli", "-s", self.state["redis_socket"], "flushall"]
        done = subprocess.run(words, capture_output=True, check=False, timeout=30)
        return done.returncode == 0

    def redis_freeze(self):
        pid = self.redis_pid()
        if pid:
            process.send(pid, signal.SIGSTOP)
            time.sleep(self.rng.uniform(0.5, 3))
            process.send(pid, signal.SIGCONT)
        return pid

    def pg_immediate(self):
        servers.pg_stop(self.state, "immediate")
        time.sleep(self.rng.uniform(0, 2))
        servers.pg_start(self.state)
        self.outages.append(time.time())
        return True
