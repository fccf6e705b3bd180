# SPDX-License-Identifier: Apache-2.0
"""The ways to a language model's server that a hospital may need: an authority of its own, a
certificate of ours, a proxy."""
import http.server
import json
import os
import subprocess
import threading

import pytest
import requests

from harness import DB, SAMPLES, TOP
from test_examples import certificates
from test_llm import fake

pytestmark = pytest.mark.skipif(DB != "sqlite", reason="nothing here asks a database")


class Proxy(http.server.BaseHTTPRequestHandler):
    """Passes on what is asked with a whole address, and counts."""

    passed = 0

    def do_POST(self):
        Proxy.passed += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sent = {name: self.headers[name] for name in ("Content-Type", "Authorization")}
        answer = requests.post(self.path, data=body, headers=sent, timeout=30)
        self.send_response(answer.status_code)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *_):
        pass


@pytest.fixture(name="papers", scope="module")
def of_an_authority(tmp_path_factory):
    """An authority, and certificates of it for the server and for us ("anna")."""
    folder = str(tmp_path_factory.mktemp("papers"))
    certificates(folder)
    with open(os.path.join(folder, "server.pem"), "w", encoding="utf-8") as both:
        for end in (".key", ".crt"):
            with open(os.path.join(folder, "server" + end), encoding="utf-8") as part:
                both.write(part.read())
    return lambda name: os.path.join(folder, name)


def analyse(tmp_path, url, **options):
    """What bloodtestctl says of a sample through the server at this address."""
    lines = ["[database]", "driver=sqlite3", "params=unused", "[llm]", "base_url=" + url]
    lines += ["model=m", "tries=1", *(f"{key}={value}" for key, value in options.items())]
    config = tmp_path / "worker.conf"
    config.write_text("\n".join(lines) + "\n")
    program = os.path.join(os.environ.get("BLOODTEST_BUILD", TOP), "worker", "bloodtestctl")
    words = [program, "analyze", "--json", "--engine", "llm", "--config", str(config)]
    words += [os.path.join(SAMPLES, "pdf", "classic.pdf")]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_authority_and_certificate_of_ours(papers, tmp_path):
    ours = {"client_cert_file": papers("anna.crt"), "client_key_file": papers("anna.key")}
    with fake("--cert", papers("server.pem"), "--client-ca", papers("ca.crt")) as server:
        known = analyse(tmp_path, server.url, ca_file=papers("ca.crt"), **ours)
        assert known["engine"] == "llm", known.get("engine_problem")
        nobody = analyse(tmp_path, server.url, ca_file=papers("ca.crt"))
        assert nobody["engine"] == "rules" and nobody["engine_problem"]
        stranger = analyse(tmp_path, server.url, **ours)
        assert stranger["engine"] == "rules" and stranger["engine_problem"] == "tls"


def test_proxy(tmp_path):
    with fake() as server, http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{proxy.server_address[1]}"
        assert analyse(tmp_path, server.url, proxy=address)["engine"] == "llm"
        assert Proxy.passed >= 2
        proxy.shutdown()
