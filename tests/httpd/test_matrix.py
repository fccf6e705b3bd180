# SPDX-License-Identifier: Apache-2.0
"""Who may do what: every operation of the contract, asked for by everybody, against a table.  What
was measured is printed beside it (`pytest -rA`)."""
import json
import os
import re

import pytest

from harness import TOP, sample, unique

WHO = ("anonymous", "USER_A", "USER_B", "OPERATOR", "ADMIN", "DISABLED")
# {id} is an analysis of USER_A; of a finished one nothing can be cancelled or tried again (409).
EXPECTED = """
GET    /                      401 200 200 200 200 403
GET    /health                200 200 200 200 200 200
POST   /analyze               401 202 202 202 202 403
POST   /analyze_sync          401 202 202 202 202 403
POST   /interpret             401 200 200 200 200 403
GET    /status/{id}           401 200 404 200 200 403
GET    /results/{id}          401 200 404 200 200 403
GET    /download/{id}         401 200 404 200 200 403
GET    /analyses              401 200 200 200 200 403
DELETE /analysis/{id}         401 200 404 200 200 403
POST   /analysis/{id}/cancel  401 409 404 409 409 403
POST   /analysis/{id}/retry   401 409 404 409 409 403
GET    /queue/status          401 403 403 200 200 403
GET    /queue                 401 403 403 200 200 403
GET    /queue/metrics         401 403 403 200 200 403
GET    /openapi.json          401 200 200 200 200 403
GET    /assets/style.css      401 200 200 200 200 403
"""


def table():
    lines = [line.split() for line in EXPECTED.strip().splitlines()]
    return {(words[0], words[1]): [int(word) for word in words[2:]] for words in lines}


def ask(stack, method, path, analysis, who):
    more = {} if who == "anonymous" else {"auth": stack.login(who)}
    if path in ("/analyze", "/analyze_sync"):
        headers = {"Content-Type": "application/pdf", "Prefer": "respond-async"}
        return stack.post(path, data=unique(sample("critical")), headers=headers, **more)
    if path == "/interpret":
        facts = {"observations": [{"analyte": "potassium", "value": 4.2, "unit": "mmol/L"}]}
        return stack.post(path, json=facts, **more)
    return stack.call(method, path.replace("{id}", analysis), allow_redirects=False, **more)


def operations():
    with open(os.path.join(TOP, "mod_bloodtest", "routes.def"), encoding="utf-8") as file:
        return re.findall(r'^BTM_ROUTE\((\w+),\s+"([^"]+)"', file.read(), re.M)


@pytest.mark.expects("AH01617", "AH01618")
def test_everybody_and_every_operation(accounts):
    stack, anna = accounts, accounts.login("USER_A")
    assert sorted(table()) == sorted(operations())
    finished = []
    for _ in range(2):
        finished.append(stack.submit(unique(sample("critical")), auth=anna))
    for analysis in finished:
        assert stack.finished(analysis, auth=anna)["status"] == "completed"
    lines, wrong = [], []
    for (method, path), expected in table().items():
        seen = []
        for who, status in zip(WHO, expected):
            analysis = finished[0]
            if method == "DELETE" and status == 200:
                analysis = stack.submit(unique(sample("critical")), auth=anna)
            answer = ask(stack, method, path, analysis, who)
            seen.append(answer.status_code)
            if "problem+json" in answer.headers.get("Content-Type", ""):
                assert answer.json()["status"] == answer.status_code
        lines.append(f"{method:6} {path:22}" + " ".join(map(str, seen)))
        if seen != expected:
            wrong.append(f"{lines[-1]}   expected {' '.join(map(str, expected))}")
    print("\n" + " " * 29 + " ".join(WHO) + "\n" + "\n".join(lines))
    assert not wrong, "\n" + "\n".join(wrong)


def shape(answer, analysis):
    """All of an answer but what differs between any two requests."""
    headers = dict(answer.headers)
    for name in ("Date", "X-Request-Id"):
        headers.pop(name, None)
    body = json.loads(answer.text) if answer.text else None
    if body:
        body.pop("request_id", None)
    return answer.status_code, headers, json.dumps(body).replace(analysis, "ID")


@pytest.mark.expects("AH01617", "AH01618")
def test_somebody_elses_is_like_none(accounts):
    stack, anna, bruno = accounts, accounts.login("USER_A"), accounts.login("USER_B")
    theirs = stack.submit(unique(sample("critical")), auth=anna)
    stack.finished(theirs, auth=anna)
    none = "0b6c9f0e-5a3d-4a52-9a3e-0d6a4f3c2b1a"
    for method, path in operations():
        if "{id}" not in path:
            continue
        for accept in ("*/*", "text/html", "application/fhir+json"):
            answers = [
                stack.call(
                    method,
                    path.replace("{id}", analysis),
                    auth=bruno,
                    headers={"Accept": accept, "If-None-Match": "*"},
                )
                for analysis in (theirs, none)
            ]
            if "html" in answers[0].headers["Content-Type"]:
                assert answers[0].text == answers[1].text and answers[0].status_code == 404
                continue
            assert shape(answers[0], theirs) == shape(answers[1], none), (method, path, accept)
            assert answers[0].status_code == 404


@pytest.mark.expects("AH01617", "AH01618")
def test_nothing_crosses_owners(accounts):
    """The same file, query and idempotency key of two owners are two analyses."""
    stack, anna, bruno = accounts, accounts.login("USER_A"), accounts.login("USER_B")
    pdf, key = unique(sample("critical")), {"Idempotency-Key": "one-key-for-both"}
    first = stack.upload(pdf, auth=anna, headers=key).json()["analysis_id"]
    answer = stack.upload(pdf, auth=bruno, headers=key)
    assert answer.status_code == 202 and answer.json()["analysis_id"] != first
    assert stack.upload(pdf, auth=anna).json()["analysis_id"] == first
    listed = stack.get("/analyses?limit=100", auth=bruno).json()["analyses"]
    assert first not in [row["analysis_id"] for row in listed]
    assert stack.get(f"/analyses?q={first}", auth=bruno).json()["total"] == 0
    assert stack.get(f"/analyses?user_id={anna[0]}", auth=bruno).status_code == 403
    for analysis, login in ((first, anna), (answer.json()["analysis_id"], bruno)):
        stack.finished(analysis, auth=login)
