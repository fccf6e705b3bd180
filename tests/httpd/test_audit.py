# SPDX-License-Identifier: Apache-2.0
"""The audit trail: a row for every read and change, from where and with which outcome, that nobody
can change or forge."""
import json
import uuid

import pytest

from harness import DB, ctl, run_sql, sample, unique


def trail(stack, *words):
    done = ctl(stack, "audit", "--json", *words)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def seen(rows):
    return [(row["who"], row["action"], row["outcome"]) for row in rows]


@pytest.mark.expects("AH01617", "AH01618")
def test_every_read_and_change(accounts):
    stack = accounts
    anna, bruno, operator = (stack.login(n) for n in ("USER_A", "USER_B", "OPERATOR"))
    pdf = unique(sample("critical"))
    analysis = stack.submit(pdf, auth=anna)
    assert stack.finished(analysis, auth=anna)["status"] == "completed"
    assert stack.upload(pdf, auth=anna).status_code == 200
    for path in ("status", "results", "download"):
        assert stack.get(f"/{path}/{analysis}", auth=anna).status_code == 200
        assert stack.get(f"/{path}/{analysis}", auth=bruno).status_code == 404
        assert stack.get(f"/{path}/{analysis}", auth=operator).status_code == 200
    assert stack.post(f"/analysis/{analysis}/cancel", auth=anna).status_code == 409
    assert stack.post(f"/analysis/{analysis}/retry", auth=anna).status_code == 409
    assert stack.call("DELETE", f"/analysis/{analysis}", auth=bruno).status_code == 404
    assert stack.call("DELETE", f"/analysis/{analysis}", auth=anna).status_code == 200
    assert stack.get(f"/results/{analysis}", auth=anna).status_code == 404
    rows = trail(stack, "--analysis", analysis)
    a, b, o = anna[0], bruno[0], operator[0]
    assert all(row["address"] == "127.0.0.1" and row["at"].endswith("Z") for row in rows)
    told = seen(rows)
    # Polling is one row of a child; two children may have answered.
    while told.count((a, "status", "ok")) > 1:
        told.remove((a, "status", "ok"))
    expected = [(a, "submit", "ok"), (a, "submit", "cached"), (a, "status", "ok")]
    expected += [(a, n, "ok") for n in ("results", "download")]
    expected += [(b, n, "refused") for n in ("status", "results", "download", "delete")]
    expected += [(o, n, "ok") for n in ("status", "results", "download")]
    expected += [(a, "cancel", "too late"), (a, "retry", "impossible"), (a, "delete", "ok")]
    expected += [(a, "results", "unknown")]
    assert sorted(told) == sorted(expected)
    assert seen(trail(stack, "--analysis", analysis, "--who", b)) == [
        row for row in seen(rows) if row[0] == b
    ]


def test_lists_and_what_does_not_exist(accounts):
    stack = accounts
    bruno = stack.login("USER_B")
    before = len(trail(stack, "--who", bruno[0]))
    assert stack.get("/analyses", auth=bruno).status_code == 200
    nothing = str(uuid.uuid4())
    assert stack.get(f"/results/{nothing}", auth=bruno).status_code == 404
    page = stack.get("/", auth=bruno, headers={"Accept": "text/html"})
    assert page.status_code == 200
    rows = trail(stack, "--who", bruno[0], "--since", "1h")[before:]
    assert seen(rows) == [
        (bruno[0], "list", "ok"),
        (bruno[0], "results", "unknown"),
        (bruno[0], "home", "ok"),
    ]
    assert rows[1]["analysis_id"] == nothing


def test_polling_does_not_fill_it(accounts):
    stack = accounts
    anna = stack.login("USER_A")
    analysis = stack.submit(unique(sample("critical")), auth=anna)
    for _ in range(50):
        assert stack.get(f"/status/{analysis}", auth=anna).status_code == 200
    rows = [row for row in trail(stack, "--analysis", analysis) if row["action"] == "status"]
    assert 1 <= len(rows) <= 2  # httpd has two children


def test_nobody_changes_it(accounts):
    """Neither by an update nor before its time by a delete; the rows are still there."""
    stack = accounts
    stack.get("/analyses", auth=stack.login("USER_A"))
    rows = trail(stack)
    statements = ["UPDATE audit_log SET who = 'x'", "DELETE FROM audit_log"]
    if DB == "pgsql":
        statements.append("TRUNCATE audit_log")
    for sql in statements:
        with pytest.raises((SystemExit, Exception), match="append-only"):
            run_sql(stack, sql)
    assert trail(stack)[: len(rows)] == rows
    run_sql(
        stack, "INSERT INTO audit_log (at, who, action, outcome) VALUES (1, 'old', 'list', 'ok')"
    )
    assert seen(trail(stack, "--who", "old")) == [("old", "list", "ok")]
    run_sql(stack, "DELETE FROM audit_log WHERE at = 1")
    assert not trail(stack, "--who", "old")


def test_rows_that_look_like_rows(accounts):
    """A line break or a space in a name makes no line and no column."""
    stack = accounts
    name = "eve\n2026-01-01T00:00:00.000Z root 127.0.0.1 delete ok -\x1b[2J\u2028x"
    quoted = name.replace("'", "''")
    run_sql(
        stack,
        f"INSERT INTO audit_log (at, who, action, outcome) VALUES (2, '{quoted}', 'list', 'ok')",
    )
    done = ctl(stack, "audit")
    lines = [line for line in done.stdout.split("\n") if "eve" in line]
    assert lines and all(len(line.split(" ")) == 6 for line in lines)
    assert done.stdout.isascii() and "\x1b" not in done.stdout
    assert sum(row["who"].startswith("eve?2026") for row in trail(stack)) == len(lines)
    operator = stack.login("OPERATOR")
    for login in ("eve\nroot", "eve\u2028x", "e" * 256):
        fields = {"query": "x", "user_id": login}
        answer = stack.upload(unique(sample("critical")), auth=operator, fields=fields)
        assert answer.status_code == 422 and answer.json()["code"] == "field_invalid"
        found = stack.get("/analyses", auth=operator, params={"user_id": login})
        assert found.status_code == 422
    assert ctl(stack, "audit", "--analysis", "x").returncode == 2
    assert ctl(stack, "audit", "--since", "yesterday").returncode == 2
