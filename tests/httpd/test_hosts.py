# SPDX-License-Identifier: Apache-2.0
"""Three worker hosts on one PostgreSQL and one Redis; one of them is cut off in the middle of a
job."""
import time

import pytest

import hosts
from harness import DB, fault, sample, unique
from test_queue_stops import attempts, wait_for

RESTARTS = 45  # seconds from the loss of a host to the next attempt of its job
# Of the worker that cannot reach anything: database, Redis, a claim that is lost meanwhile.
CUT_OFF = ("BT1003", "BT1023", "BT1024", "BT1033", "BT1034", "BT1041", "BT1044", "BT2102")


@pytest.fixture(name="three")
def three_hosts(private):
    if not hosts.is_possible():
        pytest.skip("network namespaces cannot be made here (not root, or not permitted)")
    stack = private("--workers", "0", "--worker-option", "worker.threads=1")
    made = hosts.Hosts(stack, 3)
    try:
        made.up()
        for n in made.names:
            made.start_worker(n)
        wait_for(lambda: stack.get("/health").json()["workers"]["alive"] == 3)
        yield made
    finally:
        made.down()


@pytest.mark.skipif(DB != "pgsql", reason="hosts share PostgreSQL; SQLite is for one host")
@pytest.mark.expects(*CUT_OFF)
def test_jobs_of_a_host_that_is_cut_off_end_elsewhere(three):
    stack = three.stack
    long = stack.submit(fault("lame"))
    first = wait_for(lambda: attempts(stack, long))[0]
    lost = three.of_worker(first["worker"])
    three.cut(lost)
    begun = time.monotonic()
    waiting = [stack.submit(unique(sample("critical"))) for _ in range(6)]
    for analysis in waiting:
        assert stack.finished(analysis)["status"] == "completed"
        assert three.of_worker(attempts(stack, analysis)[-1]["worker"]) != lost
    second = wait_for(lambda: attempts(stack, long)[1:], RESTARTS + 5)[0]
    assert time.monotonic() - begun < RESTARTS
    assert three.of_worker(second["worker"]) != lost
    three.mend(lost)
    assert stack.finished(long)["status"] == "completed"
    tried = attempts(stack, long)
    assert [one["outcome"] for one in tried].count("completed") == 1
    assert tried[-1]["outcome"] == "completed" and tried[-1]["worker"] == second["worker"]
    # And the host that came back takes work again.
    hosts.process.stop([pid for n, pid in three.workers.items() if n != lost], 20)
    again = stack.submit(unique(sample("critical")))
    assert stack.finished(again)["status"] == "completed"
    assert three.of_worker(attempts(stack, again)[-1]["worker"]) == lost
