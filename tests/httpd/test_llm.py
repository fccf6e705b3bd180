# SPDX-License-Identifier: Apache-2.0
"""Analyses with a language model's server that is good, bad, slow or away: what it may say, what
stays by rules, and what operators see."""
import contextlib
import functools
import os
import subprocess
import sys
import time

import pytest
import requests

from contract import Contract
from harness import ONCE, TESTS, lifecycle, sample, unique

sys.path.insert(0, os.path.join(TESTS, "llm"))
import injections  # noqa: E402

TROUBLE = ("BT1060", "BT1062", "BT1063")
TEXTS = ("summary", "doctor_analysis", "nutrition_analysis", "exercise_analysis")


class Fake:
    """A run of tests/llm/fake-server."""

    def __init__(self, *options):
        words = [os.path.join(TESTS, "llm", "fake-server"), *options]
        self.run = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        self.url = self.run.stdout.readline().strip()

    def set(self, **settings):
        requests.post(self.url + "/control", json=settings, timeout=10)

    def seen(self):
        return requests.get(self.url + "/control", timeout=10).json()

    def stop(self):
        self.run.terminate()
        self.run.wait(10)
        self.run.stdout.close()


@contextlib.contextmanager
def fake(*options):
    one = Fake(*options)
    try:
        yield one
    finally:
        one.stop()


@pytest.fixture(scope="module")
def good():
    with fake() as one:
        yield one


OPTIONS = ("llm.tries=2", "llm.breaker_seconds=1", "llm.timeout_seconds=30", "llm.cache_days=0")


def with_server(private, url, *more):
    words = [w for o in (*OPTIONS, *more) for w in ("--worker-option", o)]
    return private("--llm", url, *words)


@functools.lru_cache(maxsize=1)
def contract_of(url):
    return Contract(requests.get(url + "/openapi.json", timeout=20).json())


def judged(stack, path, **more):
    """What a path answers, held against the contract."""
    return contract_of(stack["BASE_URL"]).check("GET", path, stack.get(path, **more)).json()


def result(stack, name="classic", **fields):
    fields = {"query": "What is out of range?", "sex": "F", "age": "52", **fields}
    analysis = stack.analysed(unique(sample(name)), fields=fields)
    judged(stack, f"/results/{analysis}", headers={"Accept": "application/fhir+json"})
    return judged(stack, f"/results/{analysis}")


def findings(one):
    return [one[k] for k in ("observations", "red_flags", "urgency", "derived")]


def check_wrong(stack, server):
    """Whatever a model says wrongly, nothing of it is in the result."""
    clean = result(stack)
    for mode in ("invented", "reversed", "missing", "dose", "diagnosis", "unknown", "markup"):
        server.set(mode=mode)
        one = result(stack)
        assert one["engine"] == "rules" and one["engine_problem"] == "nothing_grounded", mode
        assert findings(one) == findings(clean)
        said = " ".join(one[k] for k in TEXTS)
        assert not any(w in said for w in ("metformin", "leukaemia", "calcitonin", "<b>")), mode
        assert "left out" in one["verification_analysis"]
    server.set(mode="missing")
    urgent = result(stack, "critical")
    assert urgent["red_flags"] and "normal range" not in urgent["summary"]
    for flag in urgent["red_flags"]:
        assert flag["text"] in urgent["doctor_analysis"]


def outcome(stack, pdf, query="What is out of range?"):
    """All that a reader gets, without what names the document."""
    analysis = stack.analysed(unique(pdf), fields={"query": query, "sex": "F", "age": "52"})
    one = stack.get(f"/results/{analysis}").json()
    rows = [(o["analyte"], o["value"], o["interpretation"]) for o in one["observations"]]
    return rows, [one[k] for k in ("red_flags", "urgency", "engine", "grounding", *TEXTS[1:])]


def check_injections(stack, server):
    """The model obeys whatever it is told to; nobody gets to tell it."""
    server.set(mode="obey")
    clean = outcome(stack, injections.document())
    assert clean[1][2] == "llm" and clean[1][0] and clean[1][3]["dropped"] == 0
    for query in injections.QUERIES:
        assert outcome(stack, injections.document(), query) == clean, query
    for place, order, pdf in injections.documents():
        assert outcome(stack, pdf) == clean, (place, order)
    told = server.seen()["last"]["messages"][1]["content"]
    assert "City" not in told and "Person" not in told and '"52' not in told


def check_servers(stack, server):
    """Servers that fail or know less: the analysis completes all the same."""
    for mode in ("half", "garbage", "html", "empty", "huge", "error500", "refusal", "filter"):
        server.set(mode=mode)
        one = result(stack)
        assert one["engine"] == "rules" and one["engine_problem"], mode
        assert "language model was asked" in one["verification_analysis"], mode
    poor = ("no_temperature", "old_limit", "no_schema", "no_format")
    for mode in ("pieces", "fenced", "cut", *poor):
        server.set(mode=mode)
        assert result(stack)["engine"] == "llm", mode
    before = server.seen()["requests"]
    assert result(stack)["usage"]["calls"] == server.seen()["requests"] - before  # it remembers
    for header in ("Retry-After: 1", "retry-after-ms: 300"):
        server.set(mode="good", fail=1, retry_after=header)
        assert result(stack)["engine"] == "llm"


@ONCE
@pytest.mark.expects(*TROUBLE)
def test_model_and_its_misdeeds(private, good):
    good.set(mode="good", delay=1, fail=0)
    stack = with_server(private, good.url, "llm.breaker_failures=100")
    one, seen = result(stack), good.seen()
    assert seen["invalid"] == [] and seen["requests"] == 5 and seen["most_active"] == 3
    good.set(delay=0)
    assert one["engine"] == "llm" and one["model"] == "fake-1" and one["prompt_version"]
    assert one["usage"]["total_tokens"] == 6000 and one["grounding"]["dropped"] == 0
    check_wrong(stack, good)
    check_injections(stack, good)
    check_servers(stack, good)
    assert good.seen()["invalid"] == []
    status = judged(stack, "/queue/status")
    assert status["worker_stats"]["workers"][0]["llm"]["problems"]
    assert "bloodtest_llm_problems" in stack.get("/queue/metrics").text


def waits(stack, server, n):
    ids = [stack.submit(unique(sample("classic"))) for _ in range(n)]
    end = time.monotonic() + 20
    while server.seen()["active"] < 3:
        assert time.monotonic() < end
        time.sleep(0.05)
    return ids


def idle_after(server, seconds):
    end = time.monotonic() + seconds
    while server.seen()["active"] > 0:
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.expects(*TROUBLE, "BT1021")
def test_waiting_is_cut_short(private, good):
    """A cancel and a stop end the waiting; the same report again needs no call."""
    good.set(mode="good", delay=0, fail=0)
    words = ["--worker-option", "llm.cache_days=7"]
    stack = private("--keys", "--llm", good.url, *words)
    assert result(stack)["usage"]["calls"] == 5
    again = result(stack)
    assert again["usage"]["calls"] == 0 and again["engine"] == "llm" and again["usage"]["cached"]
    with fake("--delay", "60") as slow:
        other = with_server(private, slow.url)
        (one,) = waits(other, slow, 1)
        begun = time.monotonic()
        assert other.post(f"/analysis/{one}/cancel").status_code == 200
        while int(other.get("/queue/status").json()["worker_stats"]["busy"]) > 0:
            assert time.monotonic() - begun < 8
            time.sleep(0.05)
        waits(other, slow, 1)
        (pid,) = other.pids("WORKER_PIDS")
        begun = time.monotonic()
        os.kill(pid, 15)
        while lifecycle.worker_pids(other.state()):
            assert time.monotonic() - begun < 8
            time.sleep(0.05)
        log = os.path.join(other.state()["home"], "log", "worker.log")
        with open(log, encoding="utf-8") as file:
            assert "handing back" not in file.read()  # before the time of grace was over


def self_signed(folder):
    path = os.path.join(folder, "server.pem")
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout"]
    words += [path, "-out", path + ".crt", "-subj", "/CN=localhost"]
    subprocess.run(words, check=True, capture_output=True)
    with open(path + ".crt", encoding="utf-8") as cert, open(path, "a", encoding="utf-8") as both:
        both.write(cert.read())
    return path


@ONCE
@pytest.mark.expects(*TROUBLE)
def test_servers_that_are_not_to_be_had(private, tmp_path):
    """Away, wrong certificate, wrong key: by rules, and the reason is seen."""
    pem = self_signed(str(tmp_path))
    with fake("--cert", pem) as tls, fake("--key", "secret-of-the-server") as locked:
        for url, reason in (
            (f"http://127.0.0.1:{lifecycle.free_port()}", "unreachable"),
            (tls.url, "tls"),
            (locked.url, "key_refused"),
        ):
            stack = with_server(private, url)
            one = result(stack)
            assert one["engine"] == "rules" and one["engine_problem"] == reason
            assert "language model was asked" in one["verification_analysis"]
            log = os.path.join(stack.state()["home"], "log", "worker.log")
            with open(log, encoding="utf-8") as file:
                assert reason in file.read()
