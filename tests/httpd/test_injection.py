# SPDX-License-Identifier: Apache-2.0
"""SQL in every place that the contract takes a text: each parameter, header and field of each
operation, logins and cursors, on both databases.  Nothing of another owner comes back, nothing is
changed that was not accepted, the database has nothing to complain of, and what is stored comes
back as it was sent."""
import copy
import os
import re
import subprocess
import urllib.parse

import pytest

from contract import Contract
from harness import DB, rows, sample, unique
from test_contract import FACTS

NONE = "0b6c9f0e-5a3d-4a52-9a3e-0d6a4f3c2b1a"
SECRET = "of-another-owner-7d1e"
TEXTS = (
    "'",
    '"',
    "' OR '1'='1",
    "' OR 1=1 -- ",
    "') OR ('1'='1",
    "'; DROP TABLE users; --",
    "x'; UPDATE users SET role = 'admin'; --",
    "' UNION SELECT login, hashed_password, role FROM users --",
    "'||(SELECT hashed_password FROM users LIMIT 1)||'",
    "\\'; DELETE FROM analysis_results; --",
    "\\",
    "$1",
    "$$; SELECT pg_sleep(5); $$",
    "%s %n %pDb {now} {hex(content)}",
    "%27%20OR%201=1",
    "1; SELECT randomblob(1000000000)",
    "0 OR 1=1",
    "\u02bc OR \uff07 1=1 \u2019",
    "_%",
    "NULL",
    "::text",
    "E'\\x27'",
)
EVERY = os.environ.get("BLOODTEST_EVERY")  # make check-injection
FEW = 4  # otherwise: texts for each place, others for the next
GROW = ("analysis_results", "job_queue", "report_documents")
MOVE = (*GROW, "submission_keys", "audit_log", "users")


def leaves(value, place=()):
    """The places of all texts in a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        if isinstance(inner, (dict, list)):
            yield from leaves(inner, (*place, key))
        elif isinstance(inner, str):
            yield (*place, key)


def put(value, place, text):
    changed = copy.deepcopy(value)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = text
    return changed


def places(operation):
    """Where an operation takes a text: (kind, name)."""
    for parameter in operation.get("parameters", []):
        yield parameter["in"], parameter["name"]
        if parameter["name"] == "cursor":
            yield "cursor", "id"
            yield "cursor", "time"
    content = operation.get("requestBody", {}).get("content", {})
    for name in content.get("multipart/form-data", {}).get("schema", {}).get("properties", {}):
        yield "form", name
    if "application/json" in content:
        for place in leaves(FACTS):
            yield "json", place
        yield "json", ("observations", 0, "injected")
    if operation["operationId"] in ("cancel", "retry"):
        yield "urlencoded", "csrf_token"
    yield "header", "X-CSRF-Token"
    yield "header", "Accept"
    yield "header", "If-None-Match"


def request_of(method, path, kind, name, text):
    """The request with the text in its place: method, address, the rest."""
    more, url = {"headers": {}}, path.replace("{id}", NONE)
    if path.startswith("/analyze"):
        more["headers"] = {"Content-Type": "application/pdf", "Prefer": "respond-async"}
        more["data"] = unique(sample("critical"))
    if kind == "path":
        url = path.replace("{id}", urllib.parse.quote(NONE + text))
    elif kind == "query":
        more["params"] = {name: text}
    elif kind == "cursor":
        place = f"1:1:{text}" if name == "id" else f"1:{text}:{NONE}"
        more["params"] = {"cursor": place.encode().hex()}
    elif kind == "header":
        more["headers"][name] = text.encode()
    elif kind == "urlencoded":
        more.update(data={name: text}, headers={"Referer": "http://localhost/"})
    elif kind == "json":
        more["json"] = put(FACTS, name, text)
    elif kind == "form":
        pdf = unique(sample("critical"))
        filename = text if name == "file" else "a.pdf"
        more = {"files": {"file": (filename, pdf, "application/pdf")}}
        more["headers"] = {"Prefer": "respond-async"}
        more["data"] = {"query": "q"} if name == "file" else {name: text}
    return method, url, more


def texts_for(number):
    """The texts for one place."""
    return TEXTS if EVERY else [TEXTS[(number * FEW + i) % len(TEXTS)] for i in range(FEW)]


def tables(stack):
    """The rows of each table."""
    wanted = (
        "SELECT name AS n FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        if DB == "sqlite"
        else "SELECT table_name AS n FROM information_schema.tables WHERE table_schema = 'public'"
    )
    names = sorted(row["n"] for row in rows(stack, wanted))
    return {n: int(rows(stack, f"SELECT count(*) AS c FROM {n}")[0]["c"]) for n in names}


def all_of(stack, login):
    """What the tables hold of a user."""
    of = f"(SELECT id FROM users WHERE login = '{login}')"
    return [
        rows(stack, f"SELECT * FROM users WHERE login = '{login}'"),
        rows(stack, f"SELECT * FROM analysis_results WHERE user_id = {of} ORDER BY id"),
    ]


def complaints(stack):
    """Errors in PostgreSQL's log; SQLite's come through the module, whose log is watched."""
    path = os.path.join(stack.state()["home"], "log", "postgresql.log")
    if DB == "sqlite":
        return []
    with open(path, encoding="utf-8") as file:
        return re.findall(r"(?:ERROR|FATAL|PANIC): .*", file.read())


def base_name(text):
    """As a file is called: without folders, and never without a name.  Quotes are sent as browsers
    send them."""
    return re.split(r"[/\\]", text.replace('"', "%22"))[-1] or "report.pdf"


def attempts(contract):
    """Method, path, kind of place, its name, text."""
    number = 0
    for method, path, operation in contract.operations():
        for kind, name in places(operation):
            if kind != "path" or "{id}" in path:
                number += 1
                for text in texts_for(number):
                    yield method, path, kind, name, text


@pytest.mark.expects("AH01617", "AH01618")
def test_every_place(private):
    # Nobody waits for what no worker does, whatever stands in Prefer.
    no_wait = ("--directive", "BloodtestSyncTimeout 0")
    stack = private("--auth", "basic", "--workers", "0", *no_wait)
    anna, bruno, operator = (stack.login(n) for n in ("USER_A", "USER_B", "OPERATOR"))
    theirs = [
        stack.submit(unique(sample("critical")), fields={"query": SECRET}, auth=bruno, name=SECRET)
        for _ in range(3)
    ]
    contract = Contract(stack.get("/openapi.json", auth=anna).json())
    before, kept, noise = tables(stack), all_of(stack, bruno[0]), len(complaints(stack))
    asked, accepted, named = 0, {}, set()
    for what in attempts(contract):
        for login in (anna, operator) if what[3] == "user_id" else (anna,):
            method, url, more = request_of(*what)
            answer = stack.call(method, url, auth=login, **more)
            contract.check(method, what[1], answer)
            assert answer.status_code < 500, what
            asked += 1
            if login == anna:
                said = answer.text + str(answer.headers)
                assert SECRET not in said and "$2y$" not in said, what
                assert not any(analysis in said for analysis in theirs), what
            if answer.status_code == 202:
                accepted[answer.json()["analysis_id"]] = (*what[2:], login)
                if login == operator:
                    named.add(what[4])
    assert asked >= 120 * len(texts_for(0)) and len(accepted) >= asked // 10
    assert {what[0] for what in accepted.values()} >= {"query", "header", "form"} and named
    # What came back is what was sent.
    for analysis, (kind, name, text, login) in accepted.items():
        told = stack.get(f"/status/{analysis}", auth=login).json()
        if name == "query":
            assert told["query"] == text
        if name == "file":
            assert told["original_filename"] == base_name(text)
    logins = {row["login"] for row in rows(stack, "SELECT login FROM users")}
    assert named <= logins
    # Nothing else was changed.
    after = tables(stack)
    assert sorted(after) == sorted(before)
    for table, count in before.items():
        if table in GROW:
            assert after[table] == count + len(accepted), table
        elif table not in MOVE:
            assert after[table] == count, table
    known = {stack[n] for n in ("USER_A", "USER_B", "OPERATOR", "ADMIN", "DISABLED")}
    assert logins == named | known
    assert all_of(stack, bruno[0]) == kept
    assert complaints(stack)[noise:] == []


@pytest.mark.expects("AH01617", "AH01618")
def test_logins(private):
    """Users who are called like that are users like others, and nobody logs in by such a name."""
    stack = private("--auth", "basic", "--workers", "0")
    noise, bruno = len(complaints(stack)), stack.login("USER_B")
    theirs = stack.submit(unique(sample("critical")), auth=bruno)
    for text in TEXTS if EVERY else TEXTS[::2]:
        answer = stack.get("/analyses", auth=(text.encode(), bruno[1].encode()))
        assert answer.status_code == 401, text
    for text in [text for text in TEXTS if ":" not in text][:: 1 if EVERY else 9]:
        words = [stack["BLOODTESTCTL"], "user", "add", "--config", stack["WORKER_CONF"], "--", text]
        done = subprocess.run(
            words, input="long enough\n", capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, (text, done.stderr)
        own = (text.encode(), b"long enough")
        assert stack.get("/analyses", auth=own).json()["total"] == 0, text
        analysis = stack.submit(unique(sample("critical")), auth=own)
        listed = stack.get("/analyses", auth=own).json()["analyses"]
        assert [row["analysis_id"] for row in listed] == [analysis], text
        assert stack.get(f"/status/{theirs}", auth=own).status_code == 404, text
        assert stack.call("DELETE", f"/analysis/{analysis}", auth=own).status_code == 200
        said = subprocess.run(
            [stack["BLOODTESTCTL"], "audit", "--json", "--who", text]
            + ["--config", stack["WORKER_CONF"]],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert said.returncode == 0 and len(said.stdout.splitlines()) >= 4, (text, said)
        assert bruno[0] not in said.stdout and theirs not in said.stdout.split(analysis)[0]
    assert complaints(stack)[noise:] == []
