# SPDX-License-Identifier: Apache-2.0
"""What operators type, and the exit status that their scripts look at."""
import subprocess
import time
import uuid

import pytest

from harness import DB, ctl, fault, run_sql, sample, unique

DONE, FAILED, USAGE, REFUSED, AWAY = 0, 1, 2, 3, 4
COMMANDS = {
    "queue": [],
    "workers": [],
    "status": [],
    "audit": [],
    "retry": ["--failed"],
    "cancel": [str(uuid.uuid4())],
    "drain": [],
    "user": ["list"],
}


def fails(stack, name, error_class):
    analysis = stack.submit(unique(sample(name)))
    assert stack.finished(analysis)["error_class"] == error_class
    return analysis


def test_retry_of_what_failed(private):
    stack = private("--workers", "1")
    images = [fails(stack, "image", "no_text") for _ in range(2)]
    other = fails(stack, "unwelcome", "not_a_report")
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    for words, n in (
        (["--class", "timeout"], 0),
        (["--since", later], 0),
        (["--class", "no_text", "--since", "1h"], 2),
        ([], 3),
    ):
        before = {a: stack.get(f"/status/{a}").json()["retry_count"] for a in images + [other]}
        done = ctl(stack, "retry", "--failed", *words)
        assert (done.returncode, done.stderr) == (DONE, "")
        assert done.stdout == f"{n} queued again, 0 left (their documents are gone).\n"
        for analysis in images + [other]:
            body = stack.finished(analysis)
            expected = n == 3 or (n == 2 and analysis != other)
            assert body["retry_count"] - before[analysis] == expected, words
    run_sql(stack, f"DELETE FROM report_documents WHERE analysis_id = '{other}'")
    done = ctl(stack, "retry", "--failed", "--class", "not_a_report")
    assert done.stdout == "0 queued again, 1 left (their documents are gone).\n"
    done = ctl(stack, "retry", other)
    assert done.returncode == REFUSED and "whose document is kept" in done.stderr
    done = ctl(stack, "retry", images[0])
    assert (done.returncode, done.stdout) == (DONE, f"Analysis {images[0]} is queued again.\n")


def test_cancel(stack):
    analysis = stack.submit(fault("hang"))
    done = ctl(stack, "cancel", analysis)
    assert done.returncode == DONE and analysis in done.stdout
    assert stack.finished(analysis)["status"] == "cancelled"
    assert ctl(stack, "cancel", analysis).returncode == REFUSED
    for command in ("cancel", "retry"):
        done = ctl(stack, command, str(uuid.uuid4()))
        assert done.returncode == REFUSED and "there is no analysis" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["retry"],
        ["retry", "--failed", str(uuid.uuid4())],
        ["retry", "x'; DROP TABLE users; --"],
        ["retry", "--failed", "--class", "nothing"],
        ["retry", "--failed", "--since", "yesterday"],
        ["retry", str(uuid.uuid4()), "--class", "timeout"],
        ["cancel"],
        ["cancel", "x"],
        ["drain", "--wait", "-1"],
        ["drain", "--wait", "soon"],
        ["user", "add"],
        ["user", "fire", "anna"],
        ["queue", "--nothing"],
        ["queue", "surplus"],
        ["nothing"],
        [],
    ],
)
def test_wrong_usage(stack, words):
    done = subprocess.run(
        [stack["BLOODTESTCTL"], *words], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == USAGE and not done.stdout, done
    assert done.stderr.strip() and "--help" in done.stderr, done.stderr


def configured(stack, tmp_path, params):
    with open(stack["WORKER_CONF"], encoding="utf-8") as file:
        text = file.read()
    state = stack.state()
    assert state["params"] in text
    conf = tmp_path / "worker.conf"
    conf.write_text(text.replace(state["params"], params))
    return str(conf)


def say(stack, conf, command):
    words = [stack["BLOODTESTCTL"], command, *COMMANDS[command], "--config", conf]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("command", COMMANDS)
def test_databases_that_are_away_or_empty(stack, tmp_path, command):
    if DB == "pgsql":
        away = f"host={tmp_path} dbname=bloodtest user=bloodtest"
        empty = stack.state()["params"].replace("dbname=bloodtest", "dbname=template1")
    else:
        away, empty = str(tmp_path / "no" / "db.sqlite"), str(tmp_path / "empty.sqlite")
        with open(empty, "wb"):
            pass
    done = say(stack, configured(stack, tmp_path, away), command)
    assert done.returncode == AWAY, done
    assert "database" in done.stderr and not done.stdout, done
    done = say(stack, configured(stack, tmp_path, empty), command)
    assert done.returncode == FAILED and "bloodtestctl migrate" in done.stderr, done


def test_commands_that_look(stack):
    for command in ("queue", "workers", "status", "audit", "user"):
        done = ctl(stack, command, *COMMANDS[command])
        assert (done.returncode, done.stderr) == (DONE, ""), command
        assert done.stdout.strip(), command
