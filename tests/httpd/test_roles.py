# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL with the two roles of conf/roles.pgsql.sql: everything works for the one that may only
add to the audit trail, and that is all it may do with it."""
import os

import pytest

from harness import DB, TOP, ctl, httpdconf, process, sample, servers, unique


def as_app(state, sql):
    """A statement of the application's role; what PostgreSQL says of it."""
    words = [servers.pg_program("psql"), "-qAt", "-v", "ON_ERROR_STOP=1"]
    words += ["-h", state["home"] + "/s", "-U", "app", "-d", servers.PG_NAME, "-c", sql]
    done = process.run(state["home"], words, check=False)
    return done.returncode, done.stdout + done.stderr


def grant(state):
    servers.psql(state, "CREATE ROLE app LOGIN")
    with open(os.path.join(TOP, "conf", "roles.pgsql.sql"), encoding="utf-8") as file:
        words = [servers.pg_program("psql"), "-q", "-v", "ON_ERROR_STOP=1", "-v", "app=app"]
        words += [state["params"], "-f", "-"]
        process.run(state["home"], words, said=file.read())


def become_app(stack):
    """httpd, worker and commands connect as the application's role from here on."""
    state = stack.state()
    httpdconf.stop(state)
    process.stop(stack.pids("WORKER_PIDS"), 25)
    for name in ("worker.conf", "httpd.conf"):
        path = os.path.join(state["home"], name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        assert "user=" + servers.PG_USER in text
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("user=" + servers.PG_USER, "user=app"))
    servers.worker_start(state)
    httpdconf.start(state)


@pytest.mark.skipif(DB != "pgsql", reason="SQLite has no roles; its triggers are tested elsewhere")
def test_a_role_that_cannot_change_the_trail(private):
    stack = private("--keys", "--workers", "1")
    state = stack.state()
    grant(state)
    become_app(stack)
    analysis = stack.analysed(unique(sample("critical")))
    pdf = sample("critical")
    large = stack.analysed(unique(pdf + b"%" * 300_000 + b"\n" + pdf[pdf.rindex(b"startxref") :]))
    assert stack.get(f"/results/{large}").status_code == 200
    failed = stack.submit(unique(sample("critical"))[:900])
    assert stack.finished(failed)["status"] == "failed"
    assert stack.post(f"/analysis/{failed}/retry").status_code == 202
    assert stack.call("DELETE", f"/analysis/{analysis}").status_code == 200
    assert stack.get("/queue/status").json()["encryption_key"] == "first"
    for words in (["migrate", "--status"], ["rekey"], ["queue"], ["status"], ["workers"]):
        done = ctl(stack, *words)
        assert done.returncode == 0, (words, done.stderr)
    assert " delete ok " in ctl(stack, "audit", "--analysis", analysis).stdout
    assert as_app(state, "SELECT current_user")[1] == "app\n"
    for sql in (
        "UPDATE audit_log SET who = 'x'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "DROP TRIGGER audit_log_keep ON audit_log",
        "ALTER TABLE audit_log DISABLE TRIGGER ALL",
        "UPDATE schema_version SET version = 1",
        "CREATE TABLE public.mine (a integer)",
    ):
        status, said = as_app(state, sql)
        assert status != 0 and ("permission denied" in said or "must be owner" in said), (sql, said)
    before = int(as_app(state, "SELECT count(*) FROM audit_log")[1])
    old = "INSERT INTO audit_log (at, who, action) VALUES (1, 'long ago', 'list')"
    assert as_app(state, old)[0] == 0
    # Whatever age it names, only what is old enough goes.
    assert as_app(state, "SELECT audit_log_expire(0)") == (0, "1\n")
    assert int(as_app(state, "SELECT count(*) FROM audit_log")[1]) == before
