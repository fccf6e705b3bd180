# SPDX-License-Identifier: Apache-2.0
"""What goes away comes back: PostgreSQL restarted below a running httpd, Redis gone or emptied, a
worker killed."""
import os
import signal
import subprocess
import threading
import time

import pytest

from harness import DB, fault, process, sample, servers, unique

AWAY = (
    *("BT2101", "BT2102", "BT2103", "BT1003", "BT1023", "BT1024"),
    *("BT1033", "BT1034", "BT1041", "BT1044"),
)
# What mod_dbd itself says of a database that is away.
POOL = ("AH00629", "AH00630", "AH00632", "AH00633", "AH00639", "AH02655")
RESTARTS = 45  # seconds from a crash to the restart of its job: lease, reaping, sweep


class Asking(threading.Thread):
    """Asks the same question over and over; notes when which status came."""

    def __init__(self, stack, path):
        super().__init__()
        self.stack, self.path, self.seen, self.done = stack, path, [], False

    def run(self):
        while not self.done:
            try:
                status = self.stack.get(self.path, timeout=10).status_code
            except OSError as problem:
                status = repr(problem)
            self.seen.append((time.monotonic(), status))
            time.sleep(0.01)


def restart_under_fire(stack, path, mode):
    """Seconds from the database's return to the first good answer, and all statuses seen."""
    askers = [Asking(stack, path) for _ in range(4)]
    for asker in askers:
        asker.start()
    time.sleep(0.5)
    state = stack.state()
    servers.pg_stop(state, mode)
    time.sleep(1.5)
    servers.pg_start(state)
    back = time.monotonic()
    time.sleep(3)
    for asker in askers:
        asker.done = True
    for asker in askers:
        asker.join()
    seen = [entry for asker in askers for entry in asker.seen]
    late = [when for when, status in seen if when > back and status != 200]
    return max(late, default=back) - back, {status for _, status in seen}


@pytest.mark.skipif(DB != "pgsql", reason="SQLite has no server that could go away")
@pytest.mark.expects(*AWAY, *POOL)
@pytest.mark.parametrize("mpm", ["event", "prefork"])
def test_postgresql_restarts_below_httpd(private, mpm):
    stack = private("--mpm", mpm)
    analysis = stack.analysed(unique(sample("critical")))
    for mode in ("fast", "immediate"):
        seconds, statuses = restart_under_fire(stack, f"/status/{analysis}", mode)
        assert 200 in statuses and statuses <= {200, 503}, statuses
        assert seconds < 1.0, f"{seconds:.2f} s after the database came back ({mode})"
    for _ in range(70):
        assert stack.get(f"/results/{analysis}").status_code == 200
    stack.analysed(unique(sample("classic")))


@pytest.mark.skipif(DB != "pgsql", reason="SQLite has no server that could go away")
@pytest.mark.expects(*AWAY, *POOL)
def test_without_database_is_503_and_nothing_accepted(private):
    stack = private()
    state = stack.state()
    assert stack.get("/health").status_code == 200  # no child may answer from what it knew
    servers.pg_stop(state)
    for _ in range(8):
        assert stack.get("/health").status_code == 503
    answer = stack.upload(unique(sample("critical")))
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) >= 1
    assert answer.json()["code"] == "database_unavailable"
    assert stack.get("/health").status_code == 503
    servers.pg_start(state)
    deadline = time.monotonic() + 20
    while stack.get("/health").status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert stack.get("/analyses").json()["total"] == 0
    stack.analysed(unique(sample("critical")))


@pytest.mark.expects(*AWAY)
def test_without_redis_jobs_are_found_by_polling(private):
    stack = private()
    os.kill(int(stack["REDIS_PID"]), signal.SIGKILL)
    time.sleep(0.2)
    stack.analysed(unique(sample("classic")))
    answer = stack.get("/health")
    assert answer.status_code == 200 and answer.json()["redis"] == "unavailable"
    state = stack.state()
    os.unlink(state["redis_socket"])
    servers.redis_start(state)
    stack.analysed(unique(sample("classic")))


@pytest.mark.expects(*AWAY)
def test_emptied_redis_changes_no_outcome(private):
    stack = private("--workers", "1")
    waiting = [stack.submit(unique(sample("critical"))) for _ in range(20)]
    subprocess.run(
        ["redis-cli", "-s", stack["REDIS_SOCKET"], "flushall"], check=True, capture_output=True
    )
    for analysis in waiting:
        assert stack.finished(analysis)["status"] == "completed"


@pytest.mark.expects(*AWAY)
def test_killed_worker_loses_nothing(private):
    stack = private(
        "--workers",
        "2",
        "--worker-option",
        "worker.threads=1",
        "--worker-option",
        # Longer than the test needs before the kill, and then out of the way.
        "extract.seconds=15",
    )
    others = stack.pids("WORKER_PIDS")[1:]
    for pid in others:
        os.kill(pid, signal.SIGTERM)
    assert not process.wait_gone(others, 25)
    busy = stack.submit(fault("hang"))
    while stack.get(f"/status/{busy}").json()["status"] != "processing":
        time.sleep(0.05)
    first = stack.pids("WORKER_PIDS")[0]
    waiting = [stack.submit(unique(sample("critical"))) for _ in range(3)]
    os.kill(first, signal.SIGKILL)
    assert not process.wait_gone([first], 5)
    servers.worker_start(stack.state())
    for analysis in waiting:
        assert stack.finished(analysis)["status"] == "completed"
    begun = time.monotonic()
    while stack.get(f"/status/{busy}").json()["retry_count"] < 1:
        assert time.monotonic() - begun < RESTARTS
        time.sleep(0.5)
    assert stack.call("DELETE", f"/analysis/{busy}").status_code in (200, 204)
    assert stack.get(f"/status/{busy}").status_code == 404


@pytest.mark.expects(*AWAY)
def test_killed_extractor_is_started_again(private):
    stack = private()
    os.kill(stack.pids("EXTRACT_PIDS")[0], signal.SIGKILL)
    stack.analysed(unique(sample("classic")))
    assert len(stack.pids("EXTRACT_PIDS")) == 1


def test_worker_stops_in_order(private):
    stack = private("--workers", "1")
    analyses = [stack.submit(unique(sample("critical"))) for _ in range(5)]
    pids = stack.pids("WORKER_PIDS")
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    assert not process.wait_gone(pids, 25)
    servers.worker_start(stack.state())
    for analysis in analyses:
        body = stack.finished(analysis)
        assert body["status"] == "completed" and body["retry_count"] == 0
