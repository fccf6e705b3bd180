# SPDX-License-Identifier: Apache-2.0
"""What is refused, with which status and code, and that refusing costs nothing: servers alive,
memory as it was."""
import http.client
import uuid

import pytest

from harness import process, sample, unique

PDF = ("report.pdf", b"%PDF-1.4\n", "application/pdf")


def refused(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    body = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= set(body)
    assert body["status"] == status and body["code"] == code
    return body


def test_empty_file(stack):
    refused(stack.upload(b""), 422, "file_empty")


def test_text_named_pdf(stack):
    refused(stack.upload(b"Potassium 4.2 mmol/L\n" * 50), 415, "not_a_pdf")


def test_missing_field(stack):
    answer = stack.post("/analyze", files={"other": PDF}, data={"query": "x"})
    refused(answer, 422, "file_missing")


def test_form_without_any_file(stack):
    answer = stack.post("/analyze", files={"query": (None, "x")})
    refused(answer, 422, "file_missing")


def test_two_files(stack):
    answer = stack.post("/analyze", files=[("file", PDF), ("file", PDF)])
    refused(answer, 422, "file_repeated")


def test_query_of_ten_thousand_characters(stack):
    refused(stack.upload(sample("classic"), fields={"query": "q" * 10_000}), 422, "query_too_long")


def test_query_of_two_thousand_characters_is_taken(stack):
    answer = stack.upload(unique(sample("critical")), fields={"query": "ä" * 2000})
    assert answer.status_code == 202, answer.text
    stack.finished(answer.json()["analysis_id"])


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "/analyze"),
        ("PUT", "/analyze"),
        ("POST", "/health"),
        ("DELETE", "/analyses"),
        ("POST", f"/status/{uuid.uuid4()}"),
        ("GET", f"/analysis/{uuid.uuid4()}/cancel"),
    ],
)
def test_wrong_method(stack, method, path):
    answer = stack.call(method, path)
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/status/{}", "/results/{}", "/download/{}"])
@pytest.mark.parametrize(
    "name", [str(uuid.UUID(int=7)), "7", "%00", "..%2f..", "' OR 1=1 --", "x" * 400]
)
def test_unknown_and_malformed_ids(stack, path, name):
    answer = stack.get(path.format(name))
    assert answer.status_code in (400, 404)
    if "%" not in name:
        refused(answer, 404, "not_found")


def test_delete_of_an_unknown_id(stack):
    refused(stack.call("DELETE", f"/analysis/{uuid.uuid4()}"), 404, "not_found")


def test_unknown_address(stack):
    refused(stack.get("/nothing/here"), 404, "not_found")


def test_results_before_the_end_are_a_conflict(stack):
    analysis = stack.submit(unique(sample("image")))
    stack.finished(analysis)
    refused(stack.get(f"/results/{analysis}"), 409, "no_text")


def test_foreign_origin(stack):
    answer = stack.upload(sample("critical"), headers={"Origin": "https://elsewhere.example"})
    refused(answer, 403, "foreign_origin")
    answer = stack.upload(sample("critical"), headers={"Sec-Fetch-Site": "cross-site"})
    refused(answer, 403, "foreign_origin")


def test_malformed_multipart(stack):
    answer = stack.post(
        "/analyze", data=b"--x\r\nnonsense", headers={"Content-Type": "multipart/form-data"}
    )
    assert answer.status_code in (400, 422)
    answer = stack.post(
        "/analyze", data=b"\0" * 5000, headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code in (400, 422)


def test_unknown_media_type(stack):
    answer = stack.post("/analyze", data=b"{}", headers={"Content-Type": "application/json"})
    assert answer.status_code in (415, 422)


def highest_memory(stack):
    """The most that any httpd child ever held resident, in KB."""
    most = 0
    for pid in process.marked(stack.state()["home"]):
        if process.program(pid) != "apache2":
            continue
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            most = max([most] + [int(line.split()[1]) for line in file if line.startswith("VmHWM")])
    return most


def send_without_end(stack, size, headers):
    """A body of so many bytes, sent piece by piece as long as the server listens; the status."""
    host = stack["BASE_URL"].split("/")[2]
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.putrequest("POST", "/analyze")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    piece = b"%PDF-1.4\n".ljust(1 << 16, b"%")
    chunked = "Transfer-Encoding" in headers
    try:
        for _ in range(size // len(piece)):
            connection.send(b"10000\r\n" + piece + b"\r\n" if chunked else piece)
        if chunked:
            connection.send(b"0\r\n\r\n")
    except OSError:
        pass  # refused before the end: the answer may stand ready all the same
    try:
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


@pytest.mark.expects("AH00574", "AH01382", "AH02609", "AH00036")
def test_fifty_megabytes(stack):
    size = 50 << 20
    stack.upload(unique(sample("classic")))
    before = highest_memory(stack)
    plain = {"Content-Type": "application/pdf", "Content-Length": str(size)}
    assert send_without_end(stack, size, plain) in (413, None)
    assert send_without_end(stack, 0, plain | {"Expect": "100-continue"}) == 413
    chunked = {"Content-Type": "application/pdf", "Transfer-Encoding": "chunked"}
    assert send_without_end(stack, size, chunked) in (413, None)
    assert highest_memory(stack) - before < 12 << 10
    assert stack.get("/health").status_code == 200


def test_memory_does_not_grow_with_an_accepted_upload(stack):
    stack.submit(unique(sample("critical")))
    before = highest_memory(stack)
    big = unique(sample("critical")) + b"%" * (19 << 20)
    answer = stack.upload(big)
    assert answer.status_code == 202, answer.text
    assert highest_memory(stack) - before < 12 << 10
    stack.finished(answer.json()["analysis_id"])


def test_everything_lives_after_all_this(stack):
    assert stack.get("/health").status_code == 200
    assert len(stack.pids("WORKER_PIDS")) == 1
    stack.analysed(unique(sample("classic")))
