# SPDX-License-Identifier: Apache-2.0
"""Ways to set the module up: process models, locations, accounts, and schemas that do not fit."""
import os
import re
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from harness import ONCE, TESTS, TOP, children, ctl, httpd_configtest
from harness import process, run_sql, sample, servers, unique


@pytest.mark.parametrize("mpm", ["worker", "prefork"])
def test_process_models(private, mpm):
    stack = private("--mpm", mpm)
    analysis = stack.analysed(unique(sample("critical")))
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: stack.get(f"/status/{analysis}").status_code, range(200)))
    assert set(codes) == {200}


def test_below_another_path(private):
    stack = private("--location", "/x/y")
    answer = stack.upload(unique(sample("critical")))
    assert answer.status_code == 202
    analysis = answer.json()["analysis_id"]
    assert answer.headers["Location"].endswith(f"/x/y/status/{analysis}")
    assert stack.finished(analysis)["status"] == "completed"
    page = stack.get(f"/results/{analysis}", headers={"Accept": "text/html"})
    links = re.findall(r'(?:href|action|src)="(/[^"]*)"', page.text)
    assert links and all(link.startswith("/x/y/") for link in links), links
    root = stack["BASE_URL"].removesuffix("/x/y")
    assert requests.get(root + "/health", timeout=10).status_code == 404


@pytest.mark.expects("AH00161")  # more clients than children, which httpd may notice
def test_login_and_module_share_one_connection(private):
    """mod_authn_dbd keeps its connection for the whole request: with one a child, a second would
    never come."""
    stack = private("--auth", "basic", "--mpm", "prefork")
    anna = (stack["USER_A"], stack["PASS_A"])
    analysis = stack.submit(unique(sample("critical")), auth=anna)
    assert stack.finished(analysis, auth=anna)["status"] == "completed"
    with ThreadPoolExecutor(24) as pool:
        ask = lambda _: stack.get(f"/status/{analysis}", auth=anna).status_code
        assert set(pool.map(ask, range(96))) == {200}


@ONCE
def test_child_waits_for_the_sqlite_file(private):
    """Whoever closes a SQLite file as its last user, or opens it as the first, has it alone for a
    moment; mod_dbd has no patience with that."""
    stack = private("--auth", "basic", "--workers", "0", "--mpm", "prefork")
    anna = (stack["USER_A"], stack["PASS_A"])
    state, parent = stack.state(), stack.pids("HTTPD_PID")[0]
    os.kill(parent, signal.SIGSTOP)  # no new child until the file is taken
    for pid in children(stack) - {parent}:
        os.kill(pid, signal.SIGKILL)
    with closing(sqlite3.connect(state["params"], timeout=10, isolation_level=None)) as alone:
        alone.execute("PRAGMA locking_mode = EXCLUSIVE")
        alone.execute("SELECT count(*) FROM users").fetchall()
        os.kill(parent, signal.SIGCONT)
        end = time.monotonic() + 20
        while children(stack) == {parent}:
            assert time.monotonic() < end, "no new child"
            time.sleep(0.05)
        time.sleep(0.5)  # less than the module's patience, more than a child needs to begin
    assert stack.get("/analyses", auth=anna).status_code == 200


@pytest.mark.expects("AH01617", "AH01618")
def test_accounts_of_the_users_table(private):
    stack = private("--auth", "basic")
    anna, bruno = (stack["USER_A"], stack["PASS_A"]), (stack["USER_B"], stack["PASS_B"])
    assert stack.get("/health").status_code == 200
    assert stack.get("/analyses").status_code == 401
    assert stack.get("/analyses", auth=(stack["USER_A"], "wrong")).status_code == 401
    assert stack.get("/analyses", auth=(stack["DISABLED"], stack["DISABLED_PASS"])).status_code in (
        401,
        403,
    )
    analysis = stack.submit(unique(sample("critical")), auth=anna)
    assert stack.finished(analysis, auth=anna)["status"] == "completed"
    for path in ("status", "results", "download"):
        assert stack.get(f"/{path}/{analysis}", auth=bruno).status_code == 404
    assert stack.call("DELETE", f"/analysis/{analysis}", auth=bruno).status_code == 404
    assert stack.get("/analyses", auth=bruno).json()["total"] == 0
    operator = (stack["OPERATOR"], stack["OPERATOR_PASS"])
    assert stack.get(f"/status/{analysis}", auth=operator).status_code == 200
    answer = stack.upload(
        unique(sample("critical")), auth=bruno, fields={"query": "x", "user_id": stack["USER_A"]}
    )
    assert answer.status_code == 403
    assert stack.get("/queue/status", auth=anna).status_code == 403
    assert stack.get("/queue/status", auth=(stack["ADMIN"], stack["ADMIN_PASS"])).status_code == 200


def test_every_statement_prepares(stack):
    done = ctl(stack, "migrate", "--status")
    assert done.returncode == 0, done.stderr
    with open(os.path.join(TOP, "sql", "queries.sql"), encoding="utf-8") as file:
        rows = re.findall(r"(?m)^-- name: (\w+)(?: \[(\w+)\])?", file.read())
    names = {name for name, only in rows if only in ("", stack.db)}
    said = [int(n) for n in re.findall(r"(\d+) statements", done.stdout)]
    assert said and said[0] == len(names) >= 40, (done.stdout, len(names))


def test_migrating_again_changes_nothing(stack):
    assert ctl(stack, "migrate").returncode == 0
    assert stack.get("/health").status_code == 200


@pytest.mark.parametrize("version", ["newer", "older"])
def test_schema_that_does_not_fit_stops_the_start(private, version):
    stack = private("--workers", "0")
    if version == "newer":
        run_sql(stack, "INSERT INTO schema_version (version, applied_at) VALUES (999, 0)")
    else:
        run_sql(stack, "DELETE FROM schema_version")
    state = stack.state()
    pid = servers.worker_start(state)
    assert not process.wait_gone([pid], 10), "the worker started against a schema that does not fit"
    stack.new_lines()
    done = httpd_configtest(state)
    assert done.returncode != 0
    with open(stack["HTTPD_ERROR_LOG"], encoding="utf-8") as file:
        assert "bloodtestctl migrate" in file.read() + done.stderr
    stack.new_lines()
    done = ctl(stack, "migrate", "--status")
    assert done.returncode == 1 and ("999" in done.stdout) == (version == "newer")


def test_two_stacks_side_by_side(private, stack):
    other = private("--workers", "1")
    assert other["BASE_URL"] != stack["BASE_URL"]
    analysis = other.analysed(unique(sample("critical")))
    assert stack.get(f"/status/{analysis}").status_code == 404


def test_down_leaves_nothing(private):
    stack = private("--workers", "1")
    home = stack.state()["home"]
    begun = process.marked(home)
    assert len(begun) >= 4
    stack.down()
    assert not process.wait_gone(begun, 1) and not os.path.exists(home)
    done = subprocess.run(
        [os.path.join(TESTS, "stack"), "status", "--dir", stack.folder()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0


def test_requests_during_a_graceful_restart(private):
    stack = private("--workers", "1")
    analysis = stack.analysed(unique(sample("critical")))
    subprocess.run(["kill", "-USR1", stack["HTTPD_PID"]], check=True)
    end = time.monotonic() + 3
    while time.monotonic() < end:
        assert stack.get(f"/status/{analysis}").status_code == 200


def test_openapi_names_every_address(stack):
    with open(os.path.join(TOP, "mod_bloodtest", "routes.def"), encoding="utf-8") as file:
        routes = re.findall(r'(?m)^BTM_ROUTE\((\w+),\s*"([^"]+)"', file.read())
    contract = stack.get("/openapi.json").json()
    told = {(m.upper(), path) for path, methods in contract["paths"].items() for m in methods}
    assets = {(m, path) for m, path in routes if path.startswith("/assets/")}
    assert len(routes) >= 14
    assert {tuple(r) for r in routes} - assets <= told
    assert {(m, p) for m, p in told if m in ("GET", "POST", "DELETE", "PUT")} <= set(routes)


def test_worker_prints_its_reference():
    program = os.path.join(os.environ["BLOODTEST_BUILD"], "worker", "bloodtest-worker")
    done = subprocess.run(
        [program, "--print-options"], capture_output=True, text=True, check=True, timeout=30
    )
    with open(os.path.join(TOP, "conf", "WORKER.md"), encoding="utf-8") as file:
        assert done.stdout == file.read()
