# SPDX-License-Identifier: Apache-2.0
"""What browsers may do for pages of other sites: nothing, but for the origins that are named; and
the token without which no form is taken from them."""
import contextlib
import os
import re
import secrets
import signal
import sqlite3
import time

import pytest

from harness import DB, httpdconf, lifecycle, process, sample, unique

PORTAL, OTHER, EVIL = "https://portal.example", "http://localhost:3000", "https://evil.example"
ASKS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}


@pytest.fixture(scope="module")
def started():
    from harness import Stack  # pylint: disable=import-outside-toplevel

    allowed = ("--directive", f"BloodtestAllowOrigin {PORTAL} {OTHER}")
    stack = Stack("--auth", "basic", "--workers", "0", *allowed).up()
    yield stack
    stack.down()


@pytest.fixture
def portal(request, started):
    """A stack with accounts that allows two origins."""
    from conftest import watch  # pylint: disable=import-outside-toplevel

    yield from watch(request, started)


def told(answer):
    """The headers of an answer that are about origins."""
    return {k for k in answer.headers if k.lower().startswith("access-control-")}


def check_allowed(answer, origin):
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Location" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers["Vary"].replace(" ", "").split(",")


@pytest.mark.expects("AH01617", "AH01618")
def test_questions_before_requests(portal):
    for origin in (PORTAL, OTHER):
        for path, methods in (
            ("/analyze", "POST"),
            ("/analysis/x", "DELETE"),
            ("/status/x", "GET"),
        ):
            answer = portal.call("OPTIONS", path, headers={"Origin": origin, **ASKS})
            assert (answer.status_code, answer.content) == (204, b""), path
            check_allowed(answer, origin)
            assert methods in answer.headers["Access-Control-Allow-Methods"].split(", ")
            wanted = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
            assert {"authorization", "content-type", "idempotency-key", "prefer"} <= set(wanted)
            assert "WWW-Authenticate" not in answer.headers
    # Nobody else, and nothing but the question, comes in without a login.
    for headers in ({"Origin": EVIL, **ASKS}, {"Origin": PORTAL}, ASKS, {"Origin": "null", **ASKS}):
        answer = portal.call("OPTIONS", "/analyze", headers=headers)
        assert answer.status_code == 401, headers
        assert "Access-Control-Allow-Methods" not in answer.headers, headers
    for method, path in (("GET", "/analyses"), ("POST", "/analyze"), ("DELETE", "/analysis/x")):
        answer = portal.call(method, path, headers={"Origin": PORTAL, **ASKS})
        assert answer.status_code == 401, path
        check_allowed(answer, PORTAL)  # so that a script can tell why


def test_requests_of_allowed_origins(portal):
    anna, cross = portal.login("USER_A"), {"Origin": PORTAL, "Sec-Fetch-Site": "cross-site"}
    answer = portal.upload(unique(sample("critical")), auth=anna, headers=cross)
    assert answer.status_code == 202, answer.text
    check_allowed(answer, PORTAL)
    status = f"/status/{answer.json()['analysis_id']}"
    answer = portal.get(status, auth=anna, headers=cross)
    assert answer.status_code == 200
    check_allowed(answer, PORTAL)
    known = {**cross, "If-None-Match": answer.headers["ETag"]}
    answer = portal.get(status, auth=anna, headers=known)
    assert answer.status_code == 304 and "Origin" in answer.headers["Vary"]
    answer = portal.get("/nothing", auth=anna, headers=cross)
    assert answer.status_code == 404
    check_allowed(answer, PORTAL)
    answer = portal.get("/", auth=anna)
    assert answer.status_code == 200 and not told(answer)
    assert {"Origin", "Accept"} <= set(answer.headers["Vary"].replace(" ", "").split(","))


def test_requests_of_other_origins(portal, stack):
    anna = portal.login("USER_A")
    for origin in (EVIL, "null", PORTAL + ":8443", PORTAL + ".evil", "http://portal.example"):
        answer = portal.upload(unique(sample("critical")), auth=anna, headers={"Origin": origin})
        assert answer.status_code == 403 and answer.json()["code"] == "foreign_origin", origin
        assert not told(answer), origin
    # Where none is named, none is told of.
    for method, path in (("OPTIONS", "/analyze"), ("GET", "/health")):
        answer = stack.call(method, path, headers={"Origin": PORTAL, **ASKS})
        assert not told(answer) and "Origin" not in answer.headers.get("Vary", "")
    answer = stack.upload(unique(sample("critical")), headers={"Origin": PORTAL})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "line, said",
    [
        (f"BloodtestAllowOrigin {PORTAL} {bad}", "BloodtestAllowOrigin takes origins")
        for bad in (
            "*",
            "https://*.example",
            "https://lab.example/",
            "null",
            "http://lab.example:80",
        )
    ]
    + [
        ("BloodtestAllowOrigin", "at least one argument"),
        ("BloodtestMaxUpload 1M 2M", "one argument"),
    ],
)
def test_bad_lines_stop_the_start(stack, line, said):
    state, modules = stack.state(), httpdconf.apxs("LIBEXECDIR")
    conf = os.path.join(state["home"], "bad.conf")
    with open(conf, "w", encoding="utf-8") as file:
        file.write(
            f'LoadModule mpm_event_module "{modules}/mod_mpm_event.so"\n'
            f'LoadModule dbd_module "{modules}/mod_dbd.so"\nServerName x\n'
            f'LoadModule bloodtest_module "{state["home"]}/bin/mod_bloodtest.so"\n'
            f"{line}\n"
        )
    process.give(conf, 0o644)
    words = [httpdconf.program(), "-t", "-f", conf]
    done = process.run(state["home"], words, state["sanitizer"], check=False)
    assert done.returncode != 0 and said in done.stderr, done.stderr


# ---- forms


def browser(stack, **more):
    """What a browser says when it sends a form of a page of this service."""
    origin = "/".join(stack["BASE_URL"].split("/")[:3])
    return {
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "Origin": origin,
        "Referer": stack["BASE_URL"] + "/",
        "Sec-Fetch-Site": "same-origin",
        "Sec-Fetch-Mode": "navigate",
        **more,
    }


def token_of(stack, login):
    page = stack.get("/", auth=login, headers={"Accept": "text/html"}).text
    form = page[page.index("<form") : page.index("</form>")]
    field = r'<input type="hidden" name="csrf_token" value="([0-9]+[.][0-9a-f]{64})">'
    return re.search(field, form)[1]


def send_form(stack, login, token, **headers):
    fields = {"query": "What is urgent?", **({"csrf_token": token} if token is not None else {})}
    return stack.upload(
        unique(sample("critical")),
        fields=fields,
        auth=login,
        headers=headers or browser(stack),
        allow_redirects=False,
    )


def check_refused(answer):
    assert answer.status_code == 403, answer.text
    if answer.headers["Content-Type"].startswith("text/html"):
        assert "form_token" in answer.text
    else:
        assert answer.json()["code"] == "form_token"
    assert "Please load the page again and send the form from there." in answer.text


def test_forms_carry_the_token_of_their_user(portal):
    anna, bruno = portal.login("USER_A"), portal.login("USER_B")
    token, other = token_of(portal, anna), token_of(portal, bruno)
    assert token.split(".")[1] != other.split(".")[1]
    later = str(int(token.split(".")[0]) + 1) + token[token.index(".") :]
    before = portal.get("/analyses", auth=anna).json()["total"]
    answer = send_form(portal, anna, token)
    assert answer.status_code == 303 and "/results/" in answer.headers["Location"], answer.text
    wrong = (None, "", "x", other, token[:-1], token.upper(), "0" * 64, token + "0", later)
    for bad in wrong:
        check_refused(send_form(portal, anna, bad))
    for name, value in browser(portal).items():  # each of them tells of a browser
        if name in ("Origin", "Referer", "Sec-Fetch-Site"):
            check_refused(send_form(portal, anna, None, **{name: value}))
            assert send_form(portal, anna, token, **{name: value}).status_code == 202
    # Who is no browser needs none, and what no form can send tells of a program.
    program = {"Accept": "application/json"}
    assert send_form(portal, anna, None, **program).status_code == 202
    for name in ("X-Requested-With", "Idempotency-Key"):
        own = browser(portal, **{name: "one"})
        assert send_form(portal, anna, None, **own).status_code in (200, 202, 303)
    own = browser(portal, **{"X-CSRF-Token": token})
    assert send_form(portal, anna, None, **own).status_code == 303
    check_refused(send_form(portal, anna, token, **browser(portal, **{"X-CSRF-Token": other})))
    raw = browser(portal, **{"Content-Type": "application/pdf", **program})
    answer = portal.post("/analyze", data=unique(sample("critical")), auth=anna, headers=raw)
    assert answer.status_code == 202  # no form has this type
    # A token does not open a door to other sites.
    away = browser(portal, Origin=EVIL)
    assert send_form(portal, anna, token, **away).status_code == 403
    assert portal.get("/analyses", auth=anna).json()["total"] == before + 9


def test_forms_that_change_an_analysis(portal):
    anna = portal.login("USER_A")
    token = token_of(portal, anna)
    analysis = portal.submit(unique(sample("critical")), auth=anna)
    path = f"/analysis/{analysis}/cancel"
    sends = {"auth": anna, "headers": browser(portal, Accept="application/json")}
    for bad in ({}, {"csrf_token": "x"}, {"csrf_token": "%zz"}, {"other": token}):
        form = {name: value for name, value in bad.items()} or {"a": "b"}
        check_refused(portal.post(path, data=form, **sends))
        check_refused(portal.post(path, files={k: (None, v) for k, v in form.items()}, **sends))
    plain = browser(portal, Accept="application/json", **{"Content-Type": "text/plain"})
    answer = portal.post(path, data=f"csrf_token={token}", auth=anna, headers=plain)
    check_refused(answer)
    assert portal.get(f"/status/{analysis}", auth=anna).json()["status"] == "queued"
    answer = portal.post(
        path,
        data="a" * (70 << 10),
        auth=anna,
        headers={**sends["headers"], "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413
    answer = portal.post(path, data={"a": "b&c", "csrf_token": token}, **sends)
    assert answer.status_code == 200 and answer.json()["status"] == "cancelled", answer.text
    second = portal.submit(unique(sample("critical")), auth=anna)
    path = f"/analysis/{second}/cancel"
    answer = portal.post(path, files={"csrf_token": (None, token)}, **sends)
    assert answer.status_code == 200, answer.text
    assert portal.post(path, data={"a": "b"}, auth=anna).status_code == 200  # a program


@contextlib.contextmanager
def held(stack):
    """SQLite locks its file for a moment when the last connection goes, as here nothing but httpd
    has one: a reader keeps it open, as a worker would."""
    with contextlib.ExitStack() as stay:
        if DB == "sqlite":
            reader = stay.enter_context(
                contextlib.closing(sqlite3.connect(stack.state()["params"]))
            )
            reader.execute("SELECT count(*) FROM schema_version").fetchall()
        yield


def restart(stack):
    state = stack.state()
    with held(stack):
        httpdconf.stop(state)
        httpdconf.start(state)
        lifecycle.save(state)
        assert stack.get("/health").status_code == 200


def starts(stack):
    """How often httpd has read its configuration."""
    with open(stack["HTTPD_ERROR_LOG"], encoding="utf-8") as file:
        return file.read().count("BT2005")


def test_tokens_of_one_start(portal):
    anna = portal.login("USER_A")
    token = token_of(portal, anna)
    begun = starts(portal)
    with held(portal):
        os.kill(portal.pids("HTTPD_PID")[0], signal.SIGUSR1)
        end = time.monotonic() + 30
        while starts(portal) == begun:
            assert time.monotonic() < end, "no graceful restart"
            time.sleep(0.05)
        for _ in range(20):
            assert send_form(portal, anna, token).status_code == 303
    restart(portal)
    check_refused(send_form(portal, anna, token))
    assert send_form(portal, anna, token_of(portal, anna)).status_code == 303


def test_tokens_of_hosts_with_the_same_keys(private):
    """A server that was started anew is as another host: they share nothing but the key file."""
    stack = private("--keys", "--workers", "0")
    token = token_of(stack, None)
    with open(stack["KEY_FILE"], encoding="utf-8") as file:
        first = file.read().split()[-1]
    restart(stack)
    assert send_form(stack, None, token).status_code == 303
    lifecycle.write_keys(stack.state(), {"second": secrets.token_hex(32), "first": first})
    restart(stack)
    for good in (token, token_of(stack, None)):
        assert send_form(stack, None, good).status_code == 303
