# SPDX-License-Identifier: Apache-2.0
"""Clients that send slowly, beside the example of conf/ with shorter times: let go in time, nothing
of theirs kept, and others served although there are more of them than threads."""
import http.client
import os
import selectors
import socket
import time

import pytest

from harness import ONCE, children, rows, sample, unique
from test_examples import example

USUAL = "header=10-20,MinRate=500 body=20-300,MinRate=20000"
SHORT = "header=1-2,MinRate=500 body=1-2,MinRate=20000"
LONGEST = 2  # of SHORT, seconds
MARGIN = 8  # for a busy machine; without the example they would stay for 60
THREADS = 64  # of a stack's httpd
MORE = b" " * 5000  # behind each body, so that none is ever whole, however long the test takes
TABLES = ("analysis_results", "report_documents", "job_queue", "submission_keys")


class Slow:
    """Connections that get a byte each now and then, and what was said on them."""

    def __init__(self, port):
        self.port = port
        self.watch = selectors.DefaultSelector()
        self.said = {}

    def open(self, name, beginning, rest):
        link = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        link.sendall(beginning)
        link.setblocking(False)
        self.said[name] = b""
        self.watch.register(link, selectors.EVENT_READ, [name, rest])

    def drip(self):
        """A byte to each; the number of those that are still open."""
        for key, _ in self.watch.select(0.2):
            try:
                piece = key.fileobj.recv(65536)
            except ConnectionResetError:
                piece = b""
            self.said[key.data[0]] += piece
            if not piece:
                self.watch.unregister(key.fileobj)
                key.fileobj.close()
        for key in list(self.watch.get_map().values()):
            byte, key.data[1] = key.data[1][:1], key.data[1][1:]
            try:
                key.fileobj.send(byte)
            except OSError:
                pass  # closed: the next select says so
        return len(self.watch.get_map())

    def drip_to_the_end(self, seconds):
        end = time.monotonic() + seconds
        while left := self.drip():
            assert time.monotonic() < end, f"{left} are still held after {seconds} s"

    def problem(self, name):
        """Status and body of the one answer."""
        ends = socket.socketpair()
        with ends[0], ends[1]:
            ends[0].sendall(self.said[name])
            ends[0].shutdown(socket.SHUT_WR)
            answer = http.client.HTTPResponse(ends[1])
            answer.begin()
            return answer.status, answer.read().decode()


def spools(stack):
    """The bodies that httpd's children hold, in memory and on disk."""
    found = []
    for pid in children(stack):
        folder = f"/proc/{pid}/fd"
        for fd in os.listdir(folder):
            try:
                name = os.readlink(os.path.join(folder, fd))
            except FileNotFoundError:
                continue
            if "memfd:bloodtest" in name or (name.endswith("(deleted)") and "/tmp/" in name):
                found.append(name)
    return found


def form(pdf):
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    return head + pdf + b"\r\n--x--\r\n"


def start(private, folder):
    path = example(folder, "httpd-slow-clients.conf", {USUAL: SHORT})
    return private("--include", path, "--workers", "0")


def counts(stack):
    return [rows(stack, f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in TABLES]


def test_slow_bodies(private, folder):
    stack = start(private, folder)
    stack.submit(unique(sample("critical")))
    port, before, pdf = int(stack["BASE_URL"].rsplit(":", 1)[1]), counts(stack), sample("critical")
    large = unique(pdf) + b"% " * 200_000  # more than is kept in memory
    bodies = {
        "pdf": ("application/pdf", unique(pdf), 3),
        "large": ("application/pdf", large, 100),
        "form": ("multipart/form-data; boundary=x", form(unique(pdf)), 300),
        "form, large": ("multipart/form-data; boundary=x", form(unique(large)), 30),
        "json": ("application/json", b'{"observations":[]}' + b" " * 100, 110),
    }
    slow, idle = Slow(port), len(spools(stack))
    for name, (kind, body, left) in bodies.items():
        path = "/interpret" if name == "json" else "/analyze"
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
            f"Idempotency-Key: {name}\r\nContent-Length: {len(body) + len(MORE)}\r\n\r\n"
        )
        slow.open(name, head.encode() + body[:-left], body[-left:] + MORE)
    while len(spools(stack)) < idle + len(bodies):
        assert slow.drip() == len(bodies), slow.said
    assert stack.get("/analyses").json()["total"] == 1
    slow.drip_to_the_end(LONGEST + MARGIN)
    for name in bodies:
        status, text = slow.problem(name)
        assert status == 408 and '"code":"request_timeout"' in text, (name, slow.said[name])
    assert len(spools(stack)) == idle and counts(stack) == before
    # Their keys and documents are as new.
    for name, (kind, body, _) in bodies.items():
        if name != "json":
            headers = {"Content-Type": kind, "Idempotency-Key": name}
            assert stack.post("/analyze", data=body, headers=headers).status_code == 202, name


@ONCE
@pytest.mark.expects("AH00484")  # all threads are busy
def test_slow_headers(private, folder):
    stack = start(private, folder)
    slow = Slow(int(stack["BASE_URL"].rsplit(":", 1)[1]))
    for number in range(THREADS + 16):
        line = b"GET /health HTTP/1.1\r\n" if number % 2 else b""
        slow.open(number, line, b"X-Slow: " + b"a" * 1000)
    begun = time.monotonic()
    slow.drip()
    assert stack.get("/analyses", timeout=2 * LONGEST + MARGIN).status_code == 200
    slow.drip_to_the_end(2 * LONGEST + MARGIN - (time.monotonic() - begun))
    answers = {said.split(b"\r\n")[0] for said in slow.said.values()}
    assert answers <= {b"", b"HTTP/1.1 408 Request Timeout"}, answers
    assert stack.get("/health").status_code == 200
