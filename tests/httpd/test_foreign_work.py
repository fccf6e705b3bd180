# SPDX-License-Identifier: Apache-2.0
"""Somebody else's analysis costs the database exactly what none costs, so that no clock tells one
from the other; counted in PostgreSQL's own log.  (tests/unit/test_store.c: nor is its result
fetched.)"""
import os
import re

import pytest
import requests

from harness import DB, process, run_sql, sample, unique
from test_matrix import operations

NONE = "0b6c9f0e-5a3d-4a52-9a3e-0d6a4f3c2b1a"
STATEMENT = re.compile(r"LOG:  (?:execute bt\d+_(\w+)|execute [^:]*|statement): ?(\S*)")


class Log:
    """What PostgreSQL was told to execute since the last look."""

    def __init__(self, stack):
        self.path = os.path.join(stack.state()["home"], "log", "postgresql.log")
        run_sql(stack, "ALTER SYSTEM SET log_statement = 'all'")
        run_sql(stack, "ALTER SYSTEM SET log_duration = off")
        run_sql(stack, "SELECT pg_reload_conf()")
        self.at = 0
        self.new()

    def new(self):
        with open(self.path, encoding="utf-8") as file:
            file.seek(self.at)
            text = file.read()
            self.at = file.tell()
        return [name or verb for name, verb in STATEMENT.findall(text)]


@pytest.mark.skipif(DB != "pgsql", reason="SQLite keeps no log of statements")
@pytest.mark.expects("AH01617", "AH01618", "BT2102", "BT1041")
def test_as_many_statements(private):
    stack = private("--auth", "basic", "--keys", "--workers", "1")
    anna = stack.login("USER_A")
    finished = stack.submit(unique(sample("critical")), auth=anna)
    stack.finished(finished, auth=anna)
    process.stop(stack.pids("WORKER_PIDS"), 25)
    waiting = stack.submit(unique(sample("critical")), auth=anna)
    log, seen = Log(stack), {}
    # One connection is one child: its statements are prepared, its schema is known.
    with requests.Session() as bruno:
        bruno.auth = stack.login("USER_B")
        for turn in range(3):
            for name, analysis in (("none", NONE), ("finished", finished), ("waiting", waiting)):
                for method, path in operations():
                    if "{id}" not in path:
                        continue
                    for wait in ({}, {"Prefer": "wait=1"}):
                        url = stack.url(path.replace("{id}", analysis))
                        answer = bruno.request(method, url, headers=wait, timeout=20)
                        assert answer.status_code == 404, (method, path, answer.text)
                        seen[turn, name, method, path, bool(wait)] = log.new()
    for (turn, name, *what), statements in seen.items():
        assert turn == 0 or statements == seen[(2, "none", *what)], (name, what)
        assert "audit_insert" in statements and len(statements) >= 4, statements
