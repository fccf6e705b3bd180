# SPDX-License-Identifier: Apache-2.0
"""The contract where something is too much or away: 413, 429 and 503 of every operation that has
them, for programs and for browsers."""
import os
import subprocess

import pytest

from contract import PROBLEM, Contract
from harness import DB, ONCE, httpdconf, sample, servers, unique
from test_contract import NONE
from test_outages import AWAY, POOL

RATE = 2  # a minute
PDF = {"Content-Type": "application/pdf", "Prefer": "respond-async"}
FORM = {"Content-Type": "multipart/form-data; boundary=x", "Prefer": "respond-async"}
JSON = {"Content-Type": "application/json"}
UPLOADS = ("/analyze", "/analyze_sync")


def body_of(path):
    if path in UPLOADS:
        return {"data": unique(sample("critical"))}, PDF
    if path == "/interpret":
        return {"data": b'{"observations": []}'}, JSON
    return {}, {}


def every(stack, contract, status, code, **more):
    """The same refusal of all operations."""
    for method, path, operation in contract.operations():
        if path == "/health" and status == 503:
            continue  # its answer is what is away
        for accept in ("application/json", "text/html"):
            where, (body, headers) = path.replace("{id}", NONE), body_of(path)
            headers = {**headers, "Accept": accept}
            answer = stack.call(method, where, headers=headers, **body, **more)
            assert answer.status_code == status, (method, path, answer.text)
            contract.check(method, where, answer)
            assert int(answer.headers["Retry-After"]) >= 1, (method, path)
            if answer.headers["Content-Type"].startswith(PROBLEM):
                assert answer.json()["code"] == code, (method, path, answer.text)
        assert (operation["operationId"], status, PROBLEM) in contract.judged


def contract_of(stack, **more):
    return Contract(stack.get("/openapi.json", **more).json())


@ONCE
@pytest.mark.parametrize("who", ["user", "address"])
def test_too_often(private, who):
    """Users are told by the module, addresses by httpd before it: one like the other."""
    stack = private("--workers", "0", "--directive", f"BloodtestRateLimit {who}={RATE}")
    contract = contract_of(stack)
    while stack.get("/analyses").status_code == 200:
        pass
    every(stack, contract, 429, "rate_limited")


@ONCE
@pytest.mark.expects("BT2110")
def test_too_much(private):
    """Too large, by its named length and in chunks; and while as many jobs wait as may."""
    limits = ("BloodtestMaxUpload 64K", "BloodtestMaxBacklog 1")
    stack = private("--workers", "0", *(w for line in limits for w in ("--directive", line)))
    contract = contract_of(stack)
    large = b"%PDF-1.4\n" + b" " * (200 << 10)
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    form = part + large + b"\r\n--x--\r\n"
    kinds = [(path, PDF, large) for path in UPLOADS] + [(path, FORM, form) for path in UPLOADS]
    for path, headers, data in (*kinds, ("/interpret", JSON, large)):
        for sent in (data, iter([data[: len(data) // 2], data[len(data) // 2 :]])):
            answer = contract.check("POST", path, stack.post(path, data=sent, headers=headers))
            assert answer.status_code == 413, (path, answer.text)
            assert answer.json()["code"] == "upload_too_large"
    stack.submit(unique(sample("critical")))
    for path in UPLOADS:
        answer = stack.post(path, data=unique(sample("critical")), headers=PDF)
        contract.check("POST", path, answer)
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert int(answer.headers["Retry-After"]) >= 1
    assert stack.get("/analyses").json()["total"] == 1


LOGIN = """<IfModule !authn_file_module>
    LoadModule authn_file_module "{modules}/mod_authn_file.so"
</IfModule>
<Location "/">
    AuthType Basic
    AuthName "x"
    AuthBasicProvider file
    AuthUserFile "{folder}/passwords"
    Require valid-user
</Location>
"""


@pytest.mark.skipif(DB != "pgsql", reason="SQLite has no server that could go away")
@pytest.mark.expects(*AWAY, *POOL)
def test_database_away(private, folder):
    """Of logins that do not need it."""
    hashed = subprocess.check_output(["openssl", "passwd", "-apr1", "word"], text=True)
    text = LOGIN.format(modules=httpdconf.apxs("LIBEXECDIR"), folder=folder)
    for name, lines in (("passwords", f"anna:{hashed}"), ("login.conf", text)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(lines)
    stack = private("--workers", "0", "--include", os.path.join(folder, "login.conf"))
    anna = {"auth": ("anna", "word")}
    contract = contract_of(stack, **anna)
    servers.pg_stop(stack.state(), "immediate")
    every(stack, contract, 503, "database_unavailable", **anna)
    answer = contract.check("GET", "/health", stack.get("/health", **anna))
    assert answer.status_code == 503 and answer.json()["database"] == "database_unavailable"
    servers.pg_start(stack.state())
