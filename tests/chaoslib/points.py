# SPDX-License-Identifier: Apache-2.0
"""Each named crash point of a build for tests is hit once: the process dies there, the client
repeats its request, and the job ends in one result."""
import os
import time

import requests

from stacklib import httpdconf, lifecycle, process, servers

from . import checks, database
from .load import Submission

WORKER = (
    "after_claim_commit",
    "before_ack",
    "after_ack",
    "after_read",
    "before_complete_commit",
    "after_complete_commit",
)
MODULE = ("after_spool", "after_submit_commit", "before_answer")
PATIENCE = 90


def submit(state, one):
    """The id that was answered; None where the connection broke."""
    try:
        answer = requests.post(
            lifecycle.base_url(state) + "/analyze",
            files={"file": ("report.pdf", one.pdf, "application/pdf")},
            headers={"Idempotency-Key": one.key},
            timeout=15,
        )
    except requests.RequestException:
        return None
    if answer.status_code not in (200, 202):
        return None
    one.ids.add(answer.json()["analysis_id"])
    return answer.json()["analysis_id"]


def restart_httpd(state, point):
    state["sanitizer"].pop("BLOODTEST_CRASH_AT", None)
    if point:
        state["sanitizer"]["BLOODTEST_CRASH_AT"] = point
    httpdconf.stop(state)
    try:
        os.unlink(os.path.join(state["home"], "httpd.pid"))
    except FileNotFoundError:
        pass
    httpdconf.start(state)
    state["sanitizer"].pop("BLOODTEST_CRASH_AT", None)


def hit_module(state, point, one):
    """Whether the child died before it answered, with the row there or not as the point says."""
    restart_httpd(state, point)
    answered = submit(state, one)
    stored = database.count(state, "SELECT count(*) FROM analysis_results")
    restart_httpd(state, None)
    return answered is None, stored


def hit_worker(state, point, one):
    """Whether the worker died there."""
    state["sanitizer"]["BLOODTEST_CRASH_AT"] = point
    pid = servers.worker_start(state)
    state["sanitizer"].pop("BLOODTEST_CRASH_AT")
    submit(state, one)
    if not process.wait_gone([pid], 20):
        return True
    process.stop([pid])
    return False


def wait_final(state):
    end = time.monotonic() + PATIENCE
    waiting = "SELECT count(*) FROM job_queue WHERE status IN ('queued', 'processing')"
    while time.monotonic() < end and database.count(state, waiting):
        time.sleep(0.5)


def hit_all(state, pdf):
    """The JSON object of `tests/chaos --points`."""
    hit, submissions, stored = {}, [], 0
    for number, point in enumerate((*MODULE, *WORKER)):
        one = Submission(pdf + b"\n%% %d\n" % number, "routine")
        submissions.append(one)
        if point in WORKER:
            hit[point] = hit_worker(state, point, one)
            continue
        died, now = hit_module(state, point, one)
        hit[point] = died and now - stored == (point != "after_spool")
        submit(state, one)
        stored = database.count(state, "SELECT count(*) FROM analysis_results")
    begun = time.monotonic()
    servers.worker_start(state)
    wait_final(state)
    found = checks.Checks(state, submissions, database.Tables(state))
    found.all(lifecycle.base_url(state))
    for one in submissions:
        submit(state, one)
        if len(one.ids) != 1:
            found.add("two_ids_for_a_key", sorted(one.ids))
    completed = [a for a in found.tables.analyses.values() if a["status"] == "completed"]
    if len(completed) != len(submissions):
        found.add("lost", f"{len(completed)} of {len(submissions)} completed")
    violations = {**found.violations, "not_hit": sum(not h for h in hit.values())}
    return {
        "db": state["db"],
        "points": hit,
        "accepted": len(submissions),
        "rest_seconds": round(time.monotonic() - begun, 1),
        "violations": violations,
        "examples": found.examples,
    }
