# SPDX-License-Identifier: Apache-2.0
"""What must hold when everything rests: the promises of the queue, from outside and in the tables.

Each violation has a counter and a few examples; a counter that is missing in VIOLATIONS is a
mistake of the checker.
"""
import hashlib
import os
import re
import subprocess

import requests

from . import load

VIOLATIONS = (
    "lost",  # accepted, and neither there nor deleted
    "not_final",
    "two_ids_for_a_key",
    "twice_accepted",  # two analyses of one document
    "status_differs",  # of job and analysis, or of HTTP and table
    "result_missing",
    "result_too_many",  # more than one attempt stored a result, or a result without completion
    "result_not_of_last_claim",
    "result_after_cancel",
    "cancel_undone",
    "trace_after_delete",
    "document_left",
    "document_missing",  # failed, and cannot be retried
    "claim_left",
    "attempts_wrong",  # not counted on, left open, overlapping
    "failure_unexplained",
    "late_restart",
    "foreign_in_redis",
    "patient_in_logs",
    "program_crashed",
)
FINAL = ("completed", "failed", "cancelled")
MAX_FAILURES, MAX_CRASHES = 4, 2
CRASH = re.compile(r"Segmentation|Sanitizer|Assertion|signal (Aborted|Bus)|runtime error")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Checks:
    def __init__(self, state, submissions, tables):
        self.state, self.submissions, self.tables = state, submissions, tables
        self.violations = dict.fromkeys(VIOLATIONS, 0)
        self.examples = {}

    def add(self, name, what):
        self.violations[name] += 1
        shown = self.examples.setdefault(name, [])
        if len(shown) < 5:
            shown.append(what)

    def all(self, url):
        self.check_submissions()
        self.check_documents()
        for analysis in self.tables.analyses.values():
            self.check_analysis(analysis)
        self.check_http(url)
        self.check_redis()
        self.check_logs()

    # ---- what clients were told

    def check_submissions(self):
        for one in self.submissions:
            if len(one.ids) > 1:
                self.add("two_ids_for_a_key", f"{one.asked}: {sorted(one.ids)}")
            for analysis in one.ids:
                self.check_promise(one, analysis)

    def check_promise(self, one, analysis):
        row = self.tables.analyses.get(analysis)
        if one.done == "delete":
            left = row or analysis in self.tables.documents or analysis in self.tables.jobs
            if left or analysis in self.tables.keys:
                self.add("trace_after_delete", analysis)
            return
        if row is None:
            if one.asked != "delete":
                self.add("lost", analysis)
            return
        if one.done == "cancel":
            if row["status"] != "cancelled":
                self.add("cancel_undone", analysis)
            if row["has_result"] == "1":
                self.add("result_after_cancel", analysis)

    def check_documents(self):
        seen = {}
        for analysis in self.tables.analyses.values():
            seen.setdefault(analysis["file_hash"], []).append(analysis["id"])
        for one in self.submissions:
            ids = seen.get(hashlib.sha256(one.pdf).hexdigest(), [])
            if len(ids) > 1 and one.asked is None:
                self.add("twice_accepted", ids)

    # ---- the tables

    def check_analysis(self, row):
        analysis, job = row["id"], self.tables.jobs.get(row["id"])
        if job is None:
            return self.add("lost", f"{analysis} has no job")
        if row["status"] not in FINAL:
            return self.add("not_final", f"{analysis} {row['status']} attempt {job['attempt']}")
        if job["status"] != row["status"]:
            self.add("status_differs", f"{analysis} {row['status']}, job {job['status']}")
        if job["claim_token"] or job["lease_until"]:
            self.add("claim_left", analysis)
        attempts = self.tables.attempts.get(job["id"], [])
        self.check_attempts(job, attempts)
        self.check_outcome(row, job, attempts)
        return None

    def check_attempts(self, job, attempts):
        numbers = [int(a["attempt"]) for a in attempts]
        if numbers != list(range(1, int(job["attempt"]) + 1)):
            self.add("attempts_wrong", f"{job['id']}: {numbers}, attempt is {job['attempt']}")
        for before, after in zip(attempts, attempts[1:]):
            if before["ended_at"] and int(before["ended_at"]) > int(after["started_at"]):
                self.add("attempts_wrong", f"{job['id']}: {after['attempt']} began before the end")
        if any(not a["ended_at"] for a in attempts):
            self.add("attempts_wrong", f"{job['id']}: an attempt is open")

    def check_outcome(self, row, job, attempts):
        analysis, status = row["id"], row["status"]
        stored = [a for a in attempts if a["outcome"] == "completed"]
        if status == "completed":
            if row["has_result"] != "1" or not stored:
                self.add("result_missing", analysis)
            elif stored[-1]["attempt"] != job["attempt"]:
                self.add("result_not_of_last_claim", analysis)
        if len(stored) > 1 or (status != "completed" and (stored or row["has_result"] == "1")):
            self.add("result_too_many", analysis)
        if status == "failed":
            self.check_failure(row, job)
        elif analysis in self.tables.documents:
            self.add("document_left", analysis)

    def check_failure(self, row, job):
        """Our samples can all be read: only a spent budget explains a failure."""
        failures, crashes = int(job["failures"]), int(job["crashes"])
        is_poison = row["error_class"] == "poison" and crashes >= MAX_CRASHES
        is_spent = row["error_class"] == "internal" and failures >= MAX_FAILURES
        if not is_poison and not is_spent:
            what = f"{row['id']} {row['error_class']}, {failures} failures, {crashes} crashes"
            self.add("failure_unexplained", what)
        if row["id"] not in self.tables.documents:
            self.add("document_missing", row["id"])

    # ---- from outside

    def check_http(self, url):
        with requests.Session() as session:
            for one in self.submissions:
                for analysis in one.ids:
                    self.check_answers(session, url, one, analysis)

    def check_answers(self, session, url, one, analysis):
        row = self.tables.analyses.get(analysis)
        status = session.get(f"{url}/status/{analysis}", timeout=30)
        result = session.get(f"{url}/results/{analysis}", timeout=30)
        if row is None:
            if (status.status_code, result.status_code) != (404, 404):
                self.add("trace_after_delete", f"{analysis}: {status.status_code} by HTTP")
            return
        if status.status_code != 200 or status.json()["status"] != row["status"]:
            self.add("status_differs", f"{analysis}: {status.status_code} by HTTP")
        if result.status_code != (200 if row["status"] == "completed" else 409):
            name = "result_after_cancel" if one.done == "cancel" else "result_missing"
            self.add(name, f"{analysis} {row['status']}: {result.status_code} by HTTP")
        elif result.status_code == 200 and not result.json().get("observations"):
            self.add("result_missing", f"{analysis}: no observations")

    def again(self, client):
        """The key of what was accepted answers with the same id, whatever has become of it."""
        for one in self.submissions:
            if one.asked == "delete":
                continue
            row = self.tables.analyses.get(sorted(one.ids)[0])
            if row and (row["status"] != "completed" or one.key[0] in "0123"):
                client.submit(one)
                if len(one.ids) > 1:
                    self.add("two_ids_for_a_key", f"{row['status']}: {sorted(one.ids)}")

    # ---- what must not be found elsewhere

    def redis(self, *words):
        done = subprocess.run(
            ["redis-cli", "-s", self.state["redis_socket"], "--raw", *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        return done.stdout.splitlines()

    def check_redis(self):
        for key in self.redis("KEYS", "*"):
            kind = self.redis("TYPE", key)
            lines = self.redis("XRANGE", key, "-", "+") if kind == ["stream"] else []
            if kind == ["string"]:
                lines = self.redis("GET", key)
            for line in lines:
                if line and not (
                    line == "id" or UUID.fullmatch(line) or re.fullmatch(r"\d+-\d+", line)
                ):
                    self.add("foreign_in_redis", f"{key}: {line[:80]}")

    def check_logs(self):
        folder = os.path.join(self.state["home"], "log")
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                for line in file:
                    if load.MARK in line:
                        self.add("patient_in_logs", f"{name}: {line[:160].rstrip()}")
                    if CRASH.search(line) and "fault.c" not in line:
                        self.add("program_crashed", f"{name}: {line[:160].rstrip()}")


def late_results(state):
    """How often a worker wanted to store what its claim was lost for, and was refused."""
    path = os.path.join(state["home"], "log", "worker.log")
    with open(path, encoding="utf-8", errors="replace") as file:
        return sum("nothing stored" in line for line in file)


def longest_wait(tables):
    """Seconds from the acceptance of a job to its first claim, at the worst."""
    waits = [
        int(attempts[0]["started_at"]) - int(job["created_at"])
        for job in tables.jobs.values()
        if (attempts := tables.attempts.get(job["id"]))
    ]
    return max(waits, default=0) / 1e6


def restarts(tables, faults, excuses):
    """Seconds from the death of a worker to the next attempt of each job that it had; those that
    took longer than the promise, outages of the database taken into account."""
    found, late = [], []
    for attempts in tables.attempts.values():
        for before, after in zip(attempts, attempts[1:]):
            if before["outcome"] != "retried" or "lease" not in (before["error"] or ""):
                continue
            pid = before["worker"].split(":")[1]
            begun, again = (int(a["started_at"]) / 1e6 for a in (before, after))
            deaths = [t for t, p in faults.kills if str(p) == pid and begun <= t <= again]
            if not deaths:
                continue
            seconds = again - deaths[0]
            found.append(seconds)
            held_up = any(begun <= t <= again for t in excuses)
            if seconds > 45 and not held_up:
                late.append(f"{before['task_id']} {seconds:.1f} s")
    return found, late
