# SPDX-License-Identifier: Apache-2.0
"""A stack as the tests see it: addresses, uploads, waiting, and the lines its servers have
logged."""
import glob
import os
import random
import re
import sqlite3
import subprocess
import sys
import time

import pytest
import requests

TESTS = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
sys.path.insert(0, TESTS)
from chaoslib import database  # noqa: E402
from stacklib import httpdconf, lifecycle, process, servers  # noqa: E402

TOP = os.path.dirname(TESTS)
SAMPLES = os.environ.get("BLOODTEST_SAMPLES", os.path.join(TOP, "build", "samples"))
DB = os.environ.get("BLOODTEST_DB", "sqlite")
FINAL = ("completed", "failed", "cancelled")
# What does not touch the database is shown on one of them.
ONCE = pytest.mark.skipif(DB != "sqlite", reason="the same on every database")

HTTPD_LINE = re.compile(r"^\[[^]]+\] \[[a-z_0-9-]*:(warn|error|crit|alert|emerg)\]")
WORKER_LINE = re.compile(r"^\S+Z (warning|error) (BT\d+)")
TAG = re.compile(r"\b(BT\d{4}|AH\d{5})\b")


def sample(name):
    with open(os.path.join(SAMPLES, "pdf", name + ".pdf"), "rb") as file:
        return file.read()


def unique(pdf):
    """Another document that reads the same: a comment behind the end."""
    return pdf + b"\n%% %d\n" % random.getrandbits(64)


def fault(kind):
    """A document that a build for tests obeys."""
    return unique(
        sample("critical").replace(b"%PDF-1.", b"%PDF-1.", 1)[:9]
        + b"%BTFAULT:"
        + kind.encode()
        + b"\n"
        + sample("critical")[9:]
    )


class Stack:
    """One run of tests/stack."""

    def __init__(self, *options, db=DB):
        self.options = [*options, "--db", db]
        self.db = db
        self.values = {}
        self.offsets = {}

    def up(self):
        done = subprocess.run(
            [os.path.join(TESTS, "stack"), "up", "--dir", self.folder(), *self.options],
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"stack up {self.options}: {done.stderr}")
        self.read(done.stdout)
        return self

    def folder(self):
        if "DIR" not in self.values:
            base = os.path.join(lifecycle.short_temporary(), f"bttest-{os.getpid()}-{id(self):x}")
            self.values["DIR"] = base
        return self.values["DIR"]

    def read(self, text):
        import shlex  # pylint: disable=import-outside-toplevel

        for line in text.splitlines():
            name, value = line.split("=", 1)
            self.values[name] = "".join(shlex.split(value))

    def refresh(self):
        done = subprocess.run(
            [os.path.join(TESTS, "stack"), "status", "--dir", self.folder()],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.read(done.stdout)

    def down(self):
        subprocess.run(
            [os.path.join(TESTS, "stack"), "down", "--dir", self.folder()], timeout=120, check=True
        )

    def login(self, name):
        """Login and password of an account of --auth basic: USER_A, OPERATOR …"""
        password = name.replace("USER_", "PASS_") if name.startswith("USER_") else name + "_PASS"
        return self.values[name], self.values[password]

    def __getitem__(self, name):
        return self.values[name]

    def state(self):
        return lifecycle.load(self.folder())

    def pids(self, name):
        self.refresh()
        return [int(p) for p in self.values[name].split()]

    # ---- requests

    def url(self, path):
        return self["BASE_URL"] + path

    def call(self, method, path, **more):
        more.setdefault("timeout", 60)
        return requests.request(method, self.url(path), **more)

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, **more):
        return self.call("POST", path, **more)

    def upload(self, pdf, name="report.pdf", path="/analyze", **more):
        fields = more.pop("fields", {"query": "What is out of range?"})
        return self.post(path, files={"file": (name, pdf, "application/pdf")}, data=fields, **more)

    def submit(self, pdf, **more):
        answer = self.upload(pdf, **more)
        assert answer.status_code == 202, answer.text
        return answer.json()["analysis_id"]

    def finished(self, analysis, seconds=60, **more):
        """The status of an analysis when it has come to its end."""
        end = time.monotonic() + seconds
        while True:
            answer = self.get(f"/status/{analysis}", **more)
            assert answer.status_code == 200, answer.text
            if answer.json()["status"] in FINAL:
                return answer.json()
            assert time.monotonic() < end, f"not finished after {seconds} s: {answer.text}"
            time.sleep(0.1)

    def analysed(self, pdf, **more):
        analysis = self.submit(pdf, **more)
        assert self.finished(analysis)["status"] == "completed"
        return analysis

    # ---- logs

    def new_lines(self):
        """Lines that httpd, workers and a sanitizer have written since the last call."""
        home = self.state()["home"]
        lines = []
        for path in [os.path.join(home, "log", n) for n in ("error.log", "worker.log")] + glob.glob(
            os.path.join(home, "log", "asan.*")
        ):
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    file.seek(self.offsets.get(path, 0))
                    text = file.read()
            except OSError:
                continue
            whole = text[: text.rfind("\n") + 1]
            self.offsets[path] = self.offsets.get(path, 0) + len(whole.encode())
            lines += whole.splitlines()
        return lines


def ctl(stack, *words):
    return subprocess.run(
        [stack["BLOODTESTCTL"], *words, "--config", stack["WORKER_CONF"]],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def run_sql(stack, sql):
    """One statement by the database's own client."""
    state = stack.state()
    if state["db"] == "sqlite":
        with sqlite3.connect(state["params"], timeout=10) as db:
            db.execute(sql)
        db.close()
        return
    servers.psql(state, sql)


def rows(stack, sql):
    """What a query answers, each row a dict of texts."""
    return database.rows(stack.state(), sql)


def children(stack):
    """The processes of its httpd."""
    home = stack.state()["home"]
    return {pid for pid in process.marked(home) if process.program(pid) == "apache2"}


def httpd_configtest(state):
    """Start a second httpd with the configuration of this one, which is stopped first; it should
    refuse."""
    httpdconf.stop(state)
    words = [httpdconf.program(), "-f", os.path.join(state["home"], "httpd.conf"), "-DFOREGROUND"]
    try:
        return process.run(state["home"], words, state["sanitizer"], check=False, timeout=15)
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(words, 0, "", str(late.stderr))


def undeclared(lines, declared):
    """Lines of warning or worse whose tag a test has not declared; a line without a known form
    counts too."""
    bad = []
    for line in lines:
        troubled = (
            HTTPD_LINE.match(line)
            or WORKER_LINE.match(line)
            or "Sanitizer" in line
            or "runtime error" in line
            or "Assertion" in line
            or "Segmentation" in line
        )
        if "worker/extract/fault.c" in line:
            continue  # what a test asked for, as a sanitizer sees it
        if troubled and not set(TAG.findall(line)) & set(declared):
            bad.append(line[:300])
    return bad[:10]
