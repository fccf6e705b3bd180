# SPDX-License-Identifier: Apache-2.0
"""Workers that are stopped in order: what they had goes on elsewhere at once, what they had not is
left alone."""
import os
import signal
import subprocess
import time

from harness import fault, process, sample, unique
from chaoslib import database

HANDED_BACK = 5  # seconds from SIGTERM to the next attempt of the job


def attempts(stack, analysis):
    return database.rows(
        stack.state(),
        "SELECT t.* FROM job_attempts t JOIN job_queue j ON j.id = t.task_id"
        f" WHERE j.analysis_id = '{analysis}' ORDER BY t.attempt",
    )


def wait_for(question, seconds=30):
    end = time.monotonic() + seconds
    while not (found := question()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


def test_sigterm_hands_a_long_job_to_another_worker(private):
    """With the default grace time; a backlog waits before the job that is handed back."""
    stack = private("--workers", "2", "--worker-option", "worker.threads=1")
    long = stack.submit(fault("lame"))
    first = wait_for(lambda: attempts(stack, long))[0]
    pid = int(first["worker"].split(":")[1])
    waiting = [stack.submit(unique(sample("critical"))) for _ in range(10)]
    begun = time.time()
    os.kill(pid, signal.SIGTERM)
    second = wait_for(lambda: attempts(stack, long)[1:])[0]
    assert int(second["started_at"]) / 1e6 - begun < HANDED_BACK
    assert second["worker"] != first["worker"]
    before = attempts(stack, long)[0]
    assert before["outcome"] == "released" and before["ended_at"]
    assert not process.wait_gone([pid], 10)
    assert stack.get(f"/status/{long}").json()["retry_count"] == 0
    assert stack.call("DELETE", f"/analysis/{long}").status_code == 200
    for analysis in waiting:
        assert stack.finished(analysis)["status"] == "completed"


def test_drain_stops_the_workers_of_this_host(private):
    stack = private("--workers", "2")
    words = [stack["BLOODTESTCTL"], "drain", "--config", stack["WORKER_CONF"], "--wait", "20"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "2 workers of this host asked to stop, 0 still run.\n"
    assert not stack.pids("WORKER_PIDS")
    assert stack.get("/queue/status").json()["worker_stats"]["alive"] == 0
    kept = stack.submit(unique(sample("critical")))
    assert stack.get(f"/status/{kept}").json()["status"] == "queued"
