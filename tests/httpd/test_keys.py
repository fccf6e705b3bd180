# SPDX-License-Identifier: Apache-2.0
"""Keys of encryption at rest: starts that are refused, keys that change under load, and accounts
and schemas on the command line."""
import os
import secrets
import signal
import sqlite3
import subprocess
import threading

import pytest

from chaoslib.database import rows
from harness import (
    DB,
    TOP,
    ctl,
    httpd_configtest,
    lifecycle,
    process,
    run_sql,
    sample,
    servers,
    unique,
)

SEALED = (
    "original_filename query options analysis_json summary doctor_analysis nutrition_analysis "
    "exercise_analysis verification_analysis error_text"
).split()


def heads(state):
    """How the cells of all analyses, the documents and the ring begin."""
    found = set()
    for row in rows(state, f"SELECT {', '.join(SEALED)} FROM analysis_results"):
        found |= {value[: value.find(":", 4) + 1] for value in row.values() if value}
    begins = "encode(substr(content, 1, 12), 'escape')" if DB == "pgsql" else "substr(content,1,12)"
    for row in rows(state, f"SELECT {begins} AS head FROM report_documents"):
        head = row["head"].removeprefix("b'")
        found.add(head[: head.find(":", 4) + 1])
    return found


def refused(stack, sentence):
    """Neither side starts, and both say why."""
    state = stack.state()
    pid = servers.worker_start(state)
    assert not process.wait_gone([pid], 10), "the worker started"
    assert sentence in "\n".join(stack.new_lines())
    done = httpd_configtest(state)
    assert done.returncode != 0, "httpd started"
    with open(stack["HTTPD_ERROR_LOG"], encoding="utf-8") as file:
        assert sentence in file.read() + done.stderr
    stack.new_lines()


def test_wrong_and_missing_keys_stop_the_start(private):
    stack = private("--keys", "--workers", "0")
    state = stack.state()
    stack.submit(unique(sample("critical")))
    with open(state["key_file"], encoding="utf-8") as file:
        good = file.read()
    lifecycle.write_keys(state, {"first": secrets.token_hex(32)})
    refused(stack, "is not the one that this database was encrypted with")
    lifecycle.write_keys(state, {"other": secrets.token_hex(32)})
    refused(stack, "encrypted with the key first, which is not in")
    process.give(state["key_file"], 0o644)
    pid = servers.worker_start(state)
    assert not process.wait_gone([pid], 10)
    with open(stack["WORKER_LOG"], encoding="utf-8") as file:
        assert "others may read or change it (mode 0644)" in file.read()
    os.remove(state["key_file"])
    for name in ("worker.conf", "httpd.conf"):
        path = os.path.join(state["home"], name)
        with open(path, encoding="utf-8") as file:
            lines = [line for line in file if "key" not in line.lower() or "KeepAlive" in line]
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(lines)
    refused(stack, "encrypted with the key first, and no key file is configured")
    assert good.split()[-1] not in "".join(
        open(os.path.join(state["home"], "log", n), encoding="utf-8").read()
        for n in ("error.log", "worker.log")
    )


def restart(stack):
    """httpd and workers have read their keys anew; no child of before is left."""
    state, parent = stack.state(), int(stack["HTTPD_PID"])
    before = [p for p in process.marked(state["home"]) if process.parent(p) == parent]
    os.kill(parent, signal.SIGUSR1)
    assert not process.wait_gone(before, 30)
    pids = stack.pids("WORKER_PIDS")
    process.stop(pids, 25)
    servers.worker_start(state)


@pytest.mark.expects("BT2101", "BT2102", "BT2103", "BT1041")
def test_rekey_under_load(private):
    """From one key to another while reports are sent and read; killed, and begun again."""
    stack = private("--keys", "--workers", "1")
    state = stack.state()
    with open(state["key_file"], encoding="utf-8") as file:
        first = file.read().split()[-1]
    done = [stack.analysed(unique(sample("critical"))) for _ in range(12)]
    twice = unique(sample("classic"))
    known = stack.analysed(twice)
    failed = stack.submit(unique(sample("critical"))[:900])
    assert stack.finished(failed)["status"] == "failed"
    assert heads(state) == {"bt1:first:"}
    lifecycle.write_keys(state, {"second": secrets.token_hex(32), "first": first})
    restart(stack)
    stop, sent, read = threading.Event(), [], set()

    def load():
        while not stop.is_set():
            sent.append(stack.submit(unique(sample("critical"))))
            read.add(stack.get(f"/results/{done[0]}").status_code)

    thread = threading.Thread(target=load)
    thread.start()
    words = [stack["BLOODTESTCTL"], "rekey", "--config", stack["WORKER_CONF"]]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as broken:
        broken.kill()
    said = ctl(stack, "rekey")
    stop.set()
    thread.join()
    assert said.returncode == 0 and "with the key second" in said.stdout, said.stderr
    assert len(sent) > 0 and read <= {200}
    for analysis in sent:
        assert stack.finished(analysis)["status"] == "completed"
    # What the old children of httpd had accepted while they ended.
    assert ctl(stack, "rekey").returncode == 0
    assert heads(state) == {"bt1:second:"}
    ring = rows(state, "SELECT id, proof FROM encryption_keys ORDER BY id")
    assert [row["id"] for row in ring] == ["#digest", "second"]
    assert all(row["proof"].startswith("bt1:second:") for row in ring)
    lifecycle.write_keys(state, {"second": read_key(state)})
    restart(stack)
    for analysis in (*done, known):
        assert stack.get(f"/results/{analysis}").status_code == 200
    assert stack.upload(twice).json()["analysis_id"] == known  # the digest of keys has stayed
    assert stack.post(f"/analysis/{failed}/retry").status_code == 202
    assert stack.finished(failed)["status"] == "failed"


def read_key(state, name="second"):
    with open(state["key_file"], encoding="utf-8") as file:
        return file.read().split(f"{name} ")[1].split()[0]


@pytest.mark.expects("BT0105", "BT2101", "BT2102", "BT2103", "BT2110", "BT1041")
def test_sealed_only_too_early(private):
    """The line is added before everything is encrypted: both sides say what to do, and doing it
    brings all back."""
    stack = private("--keys", "--workers", "1")
    state, words = stack.state(), "What nobody has encrypted"
    analysis = stack.analysed(unique(sample("critical")))
    run_sql(stack, f"UPDATE analysis_results SET query = '{words}'")
    assert stack.get(f"/status/{analysis}").json()["query"] == words
    first = {"first": read_key(state, "first")}
    lifecycle.write_keys(state, first, sealed_only=True)
    stack.new_lines()
    restart(stack)
    assert stack.get(f"/status/{analysis}").status_code == 500
    assert stack.analysed(unique(sample("critical"))), "what is new is not concerned"
    told = [line for line in stack.new_lines() if "BT0105" in line]
    assert len(told) >= 2 and all("oldest analyses 1 hold text in clear" in x for x in told), told
    assert any(" warning BT0105" in x for x in told) and any(":warn]" in x for x in told), told
    left = ctl(stack, "rekey")
    assert left.returncode == 1 and left.stdout.startswith("0 analyses and 0 pieces")
    assert "1 rows hold something in clear and were left alone" in left.stderr, left.stderr
    assert analysis in left.stderr and "take that line out, run this again" in left.stderr
    assert heads(state) == {"bt1:first:", ""}
    lifecycle.write_keys(state, first)
    assert ctl(stack, "rekey").stdout.startswith("1 analyses and 0 pieces")
    assert heads(state) == {"bt1:first:"}
    assert stack.get(f"/status/{analysis}").json()["query"] == words
    lifecycle.write_keys(state, first, sealed_only=True)
    stack.new_lines()
    restart(stack)
    assert stack.get(f"/status/{analysis}").json()["query"] == words
    assert stack.analysed(unique(sample("critical")))
    assert not [line for line in stack.new_lines() if "BT0105" in line]


def test_sealed_only_over_a_database_in_clear(private):
    """Where a database knows no key all of it is in clear: that is known at once."""
    stack = private("--sealed-only", "--workers", "0")
    stack.submit(unique(sample("critical")))
    run_sql(stack, "DELETE FROM encryption_keys")
    refused(stack, "says sealed-only, and the database was never encrypted and holds reports")


def test_from_clear_to_encrypted(private):
    stack = private("--workers", "1")
    state = stack.state()
    pdf = unique(sample("critical"))
    analysis = stack.analysed(pdf, fields={"query": "bt1:x:AAAA", "patient_ref": "p1"})
    assert stack.get(f"/status/{analysis}").json()["query"] == "bt1:x:AAAA"
    assert ctl(stack, "rekey").returncode == 2
    key_file = os.path.join(state["home"], "late-keys")
    state["key_file"] = key_file
    lifecycle.write_keys(state, {"k1": secrets.token_hex(32)})
    lifecycle.write_keys(state, {"k1": read_key(state, "k1")}, sealed_only=True)
    early = ctl(stack, "rekey", "--key-file", key_file)
    assert early.returncode == 1 and "take that line out, run 'bloodtestctl" in early.stderr
    assert not rows(state, "SELECT id FROM encryption_keys")
    lifecycle.write_keys(state, {"k1": read_key(state, "k1")})
    done = ctl(stack, "rekey", "--key-file", key_file)
    assert done.returncode == 0, done.stderr
    assert "1 of these rows were in clear." in done.stdout
    assert "A line 'sealed-only' in the key files" in done.stdout
    lifecycle.write_keys(state, {"k1": read_key(state, "k1")}, sealed_only=True)
    done = ctl(stack, "rekey", "--key-file", key_file)
    assert done.returncode == 0 and "clear" not in done.stdout + done.stderr
    assert heads(state) == {"bt1:k1:"}
    row = rows(state, "SELECT file_hash, patient_ref_hash FROM analysis_results")[0]
    assert all(value.startswith("k:") for value in row.values())
    keys = rows(state, "SELECT key_hash, body_hash FROM submission_keys")
    assert keys and all(row["key_hash"].startswith("k:") for row in keys)


def old_database(state, name):
    """A database of schema 1 with an analysis in it, made by hand; how it is reached."""
    script = os.path.join(TOP, "sql", f"001_initial.{DB}.sql")
    values = (
        "INSERT INTO users (id, login, created_at) VALUES ('u', 'anna', 1);"
        "INSERT INTO analysis_results (id, user_id, original_filename, file_size, file_hash, query,"
        " status, created_at) VALUES ('a', 'u', 'old.pdf', 5, 'aa', 'bt1:odd', 'completed', 2);"
        "INSERT INTO audit_log (at, who, action) VALUES (3, 'anna', 'view');"
    )
    if DB == "sqlite":
        path = os.path.join(state["home"], "db", name)
        with open(script, encoding="utf-8") as file, sqlite3.connect(path) as db:
            db.executescript("BEGIN IMMEDIATE;" + file.read() + values + "COMMIT;")
        db.close()
        return path
    servers.psql(state, f"CREATE DATABASE {name}")
    params = state["params"].replace("dbname=" + servers.PG_NAME, "dbname=" + name)
    with open(script, encoding="utf-8") as file:
        words = [servers.pg_program("psql"), "-q1", "-v", "ON_ERROR_STOP=1", params, "-f", "-"]
        process.run(state["home"], words, said=file.read() + values)
    return params


def test_schema_1_with_data_is_brought_up_to_date(stack):
    state = stack.state()
    params = old_database(state, "older")
    database = ["--driver", state["driver"], "--params", params]

    def run(*words):
        return subprocess.run(
            [stack["BLOODTESTCTL"], *words, *database], capture_output=True, text=True, check=False
        )

    assert run("queue").returncode == 1 and "run 'bloodtestctl migrate'" in run("queue").stderr
    done = run("migrate")
    assert done.returncode == 0, done.stderr
    assert run("migrate", "--status").returncode == 0
    trail = run("audit").stdout
    assert " anna - view " in trail
    key_file = os.path.join(state["home"], "older-keys")
    with open(key_file, "w", encoding="utf-8") as file:
        file.write(f"k1 {secrets.token_hex(32)}\n")
    os.chmod(key_file, 0o600)
    done = run("rekey", "--key-file", key_file)
    assert done.returncode == 0 and done.stdout.startswith("1 analyses"), done.stderr


def test_accounts_on_the_command_line(accounts):
    stack = accounts

    def user(*words, said=""):
        return subprocess.run(
            [stack["BLOODTESTCTL"], "user", *words, "--config", stack["WORKER_CONF"]],
            capture_output=True,
            text=True,
            check=False,
            input=said,
        )

    def status(password):
        return stack.get("/analyses", auth=("carla", password)).status_code

    assert user("add", "carla", "--name", "Carla", said="short\n").returncode == 3
    assert user("add", "carla", "--name", "Carla", said="long enough\n").returncode == 0
    assert user("add", "carla", said="long enough\n").returncode == 3
    assert status("long enough") == 200
    assert user("passwd", "carla", said="another one\n").returncode == 0
    assert status("another one") == 200
    assert user("disable", "carla").returncode == 0
    assert status("another one") in (401, 403)
    assert user("enable", "carla").returncode == 0
    assert status("another one") == 200
    assert user("role", "carla", "--role", "operator").returncode == 0
    listed = user("list").stdout.splitlines()
    assert any(line.split() == ["active", "operator", "carla"] for line in listed)
    assert "$2y$" not in user("list", "--json").stdout
    assert user("disable", "nobody-here").returncode == 3
    assert user("add", "a:b", said="long enough\n").returncode == 2
    assert user("add", "a\nb", said="long enough\n").returncode == 2
    assert user("role", "carla", "--role", "king").returncode == 2
    assert user("list", "carla").returncode == 2 and user("bless", "carla").returncode == 2
    said = ctl(stack, "audit").stdout
    assert "user\\x20role\\x20operator\\x20carla ok" in said and "another one" not in said
