# SPDX-License-Identifier: Apache-2.0
"""What a client is told when it submits: how long it will take, what of Prefer was done, and to
come back later where too many wait."""
import socket
import time

import pytest

from harness import run_sql, sample, unique

LIMIT = 6


@pytest.fixture(scope="module")
def idle(request):
    """A stack without workers: what is submitted waits."""
    from harness import Stack  # pylint: disable=import-outside-toplevel

    stack = Stack("--workers", "0", "--directive", f"BloodtestMaxBacklog {LIMIT}").up()
    yield stack
    stack.down()


@pytest.fixture
def empty(idle):
    for table in ("report_documents", "job_queue", "submission_keys", "analysis_results"):
        run_sql(idle, f"DELETE FROM {table}")
    return idle


def upload(stack, prefer=None, **more):
    headers = {"Prefer": prefer} if prefer is not None else {}
    return stack.upload(unique(sample("critical")), headers=headers, **more)


@pytest.mark.parametrize(
    "prefer, applied, waits",
    [
        ("respond-async", "respond-async", 0),
        ("Respond-Async , foo; wait=9", "respond-async", 0),
        ("wait=1", "wait=1", 1),
        ('wait = "1"; x=y, respond-async', "wait=1, respond-async", 1),
        ("wait=1, wait=9", "wait=1", 1),
        ("wait=-1, wait=x, wait", None, 0),
        ('foo="a, wait=9"', None, 0),
        ("wait=0", None, 0),
    ],
)
def test_prefer(empty, prefer, applied, waits):
    begun = time.monotonic()
    answer = upload(empty, prefer)
    assert answer.status_code == 202
    assert answer.headers.get("Preference-Applied") == applied
    assert waits <= time.monotonic() - begun < waits + 5
    assert int(answer.headers["Retry-After"]) >= 1


def test_sync_hears_prefer(empty):
    begun = time.monotonic()
    answer = upload(empty, "respond-async", path="/analyze_sync")
    assert answer.status_code == 202 and answer.headers["Preference-Applied"] == "respond-async"
    answer = upload(empty, "wait=1", path="/analyze_sync")
    assert answer.status_code == 202 and answer.headers["Preference-Applied"] == "wait=1"
    assert time.monotonic() - begun < 10


def test_estimate_is_of_the_backlog(empty):
    """No worker counts as one that will come; nothing was measured yet: 2 seconds for a job."""
    for _ in range(4):
        assert upload(empty).json()["estimated_completion_time"] >= 1
    time.sleep(2.1)  # figures are kept for two seconds
    routine = upload(empty).json()
    urgent = upload(empty, fields={"query": "all", "priority": "stat"}).json()
    assert routine["estimated_completion_time"] == 2 * (4 + 1)
    assert urgent["estimated_completion_time"] == 2


def unread(stack, length):
    """The answer to a request whose body never comes."""
    where = ("127.0.0.1", int(stack["BASE_URL"].rsplit(":", 1)[1].split("/")[0]))
    with socket.create_connection(where, timeout=20) as client:
        client.sendall(
            b"POST /analyze HTTP/1.1\r\nHost: x\r\nContent-Type: application/pdf\r\n"
            b"Content-Length: %d\r\n\r\n" % length
        )
        return client.recv(65536).decode()


def test_too_many_wait_is_503_before_the_body(empty):
    for _ in range(LIMIT):
        assert upload(empty).status_code == 202
    answer = upload(empty)
    assert answer.status_code == 503 and answer.json()["code"] == "busy"
    assert int(answer.headers["Retry-After"]) >= 1
    assert upload(empty, path="/analyze_sync").status_code == 503
    text = unread(empty, 1000000)
    assert text.startswith("HTTP/1.1 503") and "Retry-After: " in text
    assert empty.get("/analyses").json()["total"] == LIMIT
    # Those for a later attempt wait too; one that has ended makes room for one.
    run_sql(empty, "UPDATE job_queue SET available_at = available_at + 3600000000")
    assert upload(empty).status_code == 503
    gone = empty.get("/analyses").json()["analyses"][0]["analysis_id"]
    assert empty.post(f"/analysis/{gone}/cancel").status_code == 200
    assert upload(empty).status_code == 202
    assert upload(empty).status_code == 503


def test_queue_status_counts_what_is_there(empty):
    ids = [upload(empty).json()["analysis_id"] for _ in range(3)]
    for one, change in (
        (ids[0], "available_at = available_at + 3600000000"),
        (ids[1], "status = 'processing', lease_until = 0"),
    ):
        run_sql(empty, f"UPDATE job_queue SET {change} WHERE analysis_id = '{one}'")
    body = empty.get("/queue/status").json()
    info = body["queue_info"]
    assert (info["queued"], info["delayed"], info["processing"]) == (2, 1, 1)
    assert body["active_tasks"] == 1 and body["worker_stats"]["alive"] == 0
