# SPDX-License-Identifier: Apache-2.0
"""Hostile requests over raw sockets, on each process model, against what must come back: never
another count of answers, never a child that dies, nothing accepted, nothing told of the inside."""
import os
import re
import socket

import pytest

import hostile
from harness import children

ANSWER = re.compile(rb"(?:\A|(?<=\n)|(?<=\})|(?<=>))HTTP/1\.[01] (\d{3})")
INSIDE = re.compile(rb"libbloodtest|apr_|PQ|sqlite|SELECT |/usr/|/tmp/|\.c:\d|0x[0-9a-f]{6}", re.I)


def expected():
    path = os.path.join(os.path.dirname(__file__), "hostile.tsv")
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return {name: answers for name, answers in rows}


def exchange(port, request):
    """All that comes back until the server closes."""
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as link:
        try:
            link.sendall(request)
            link.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before the end: the answer may stand ready all the same
        try:
            while piece := link.recv(65536):
                said += piece
        except ConnectionResetError:
            pass
    return said


@pytest.mark.expects("AH00574", "AH01382", "AH02609", "AH00036", "AH00126", "AH10244", "AH10508")
@pytest.mark.parametrize("mpm", ["event", "worker", "prefork"])
def test_hostile_requests(private, mpm):
    stack, table = private("--mpm", mpm, "--workers", "0"), expected()
    port, before = int(stack["BASE_URL"].rsplit(":", 1)[1]), children(stack)
    requests = hostile.requests()
    assert sorted(requests) == sorted(table) and len(table) >= 150
    wrong = []
    for name, request in requests.items():
        said = exchange(port, request)
        answers = " ".join(code.decode() for code in ANSWER.findall(said)) or "~"
        if answers != table[name]:
            wrong.append(f"{name}\t{answers}\texpected {table[name]}")
        if INSIDE.search(said):
            wrong.append(f"{name}\ttells {INSIDE.search(said).group()!r}")
    record = os.environ.get("BLOODTEST_HOSTILE")
    if record:
        with open(record, "w", encoding="utf-8") as file:
            file.write("\n".join(wrong))
    assert not wrong, "\n" + "\n".join(wrong)
    assert stack.get("/health").status_code == 200
    assert stack.get("/analyses").json()["total"] == 0
    assert children(stack) == before, "a child has died"
