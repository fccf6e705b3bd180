# SPDX-License-Identifier: Apache-2.0
"""Clients as they should be: each submission has an idempotency key and is repeated until there is
an answer.

What was acknowledged is noted here and nowhere else; the checks compare it with the database.
"""
import random
import threading
import time
import uuid

import requests

MARK = "Zanzibarbara"  # in file name and query: found in a log or in Redis it is a leak
TIMEOUT = 15
PATIENCE = 90  # seconds that a client repeats one request


class Submission:
    def __init__(self, pdf, priority):
        self.pdf, self.priority = pdf, priority
        self.key = str(uuid.uuid4())
        self.ids = set()  # every id that an answer named
        self.accepted_at = None
        self.asked, self.done = None, None  # "cancel" or "delete": asked for; acknowledged
        self.done_at = None
        self.is_repeated = False  # being sent again


class Load:
    """A few threads that submit at a bounded rate, now and then cancel, delete, or send again."""

    def __init__(self, url, pdfs, options):
        self.url, self.pdfs = url, pdfs
        self.rate, self.threads = options.rate, options.clients
        self.change = options.change
        self.lock = threading.Lock()
        self.submissions, self.odd = [], {}
        self.refused = 0
        self.stop = threading.Event()
        seeds = random.Random(options.seed)
        self.running = [
            threading.Thread(target=self.run, args=(random.Random(seeds.random()),))
            for _ in range(self.threads)
        ]

    def start(self):
        for thread in self.running:
            thread.start()

    def end(self):
        self.stop.set()
        for thread in self.running:
            thread.join()

    def run(self, rng):
        while not self.stop.is_set():
            begun = time.monotonic()
            pdf = rng.choice(self.pdfs) + b"\n%% %d\n" % rng.getrandbits(64)
            one = Submission(pdf, "stat" if rng.random() < 0.2 else "routine")
            with self.lock:
                self.submissions.append(one)
            if self.submit(one) and rng.random() < 0.05:
                self.repeat(one)
            self.sometimes_change(rng)
            self.stop.wait(max(0, self.threads / self.rate - (time.monotonic() - begun)))

    def odd_answer(self, answer):
        what = f"{answer.request.method} {answer.status_code}"
        with self.lock:
            self.odd[what] = self.odd.get(what, 0) + 1

    def until_answered(self, method, path, good, **more):
        """The first answer whose status is good; None where there was none in time."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                answer = requests.request(method, self.url + path, timeout=TIMEOUT, **more)
            except requests.RequestException:
                time.sleep(0.2)
                continue
            if answer.status_code in good:
                return answer
            if answer.status_code != 503:
                self.odd_answer(answer)
            with self.lock:
                self.refused += 1
            time.sleep(0.2)
        return None

    def submit(self, one):
        answer = self.until_answered(
            "POST",
            "/analyze",
            (200, 202),
            files={"file": (MARK + ".pdf", one.pdf, "application/pdf")},
            data={"query": f"How is {MARK}?", "priority": one.priority},
            headers={"Idempotency-Key": one.key},
        )
        if answer is None:
            return False
        with self.lock:
            one.ids.add(answer.json()["analysis_id"])
            one.accepted_at = one.accepted_at or time.time()
        return True

    def repeat(self, one):
        """Nobody deletes what he is just sending: with the analysis goes its key, and what comes
        then is a new one, as it should be."""
        with self.lock:
            one.is_repeated = one.asked is None
        if one.is_repeated:
            self.submit(one)
            one.is_repeated = False

    def sometimes_change(self, rng):
        weights = (1 - self.change, self.change / 2, self.change / 2)
        what = rng.choices((None, "cancel", "delete"), weights)[0]
        if not what:
            return
        with self.lock:
            recent = self.submissions[-20:]
            free = [s for s in recent if s.ids and not s.asked and not s.is_repeated]
            if not free:
                return
            one = rng.choice(free)
            one.asked = what
        path = "/analysis/" + sorted(one.ids)[0]
        if what == "cancel":
            answer = self.until_answered("POST", path + "/cancel", (200, 409))
        else:
            answer = self.until_answered("DELETE", path, (200, 404))  # 404: an earlier try did it
        if answer is not None and answer.status_code in (200, 404):
            one.done, one.done_at = what, time.time()

    def accepted(self):
        return [s for s in self.submissions if s.ids]
