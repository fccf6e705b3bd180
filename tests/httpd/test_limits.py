# SPDX-License-Identifier: Apache-2.0
"""How often one may ask, and how much may be under way: users and addresses, with Redis and while
it is away, and uploads that are not finished."""
import os
import signal
import socket
import subprocess
import time

import pytest

from harness import ONCE, httpdconf, process

USER, ADDRESS = 20, 90  # a minute; tests ask much faster than these come back
AWAY = ("BT2102", "BT2103", "BT1003", "BT1023", "BT1024", "BT1033", "BT1034", "BT1041", "BT1044")


def good_until_limited(stack, path, expected, **more):
    """How many answers came before the first 429, and that one."""
    for count in range(3 * ADDRESS):
        answer = stack.get(path, **more)
        if answer.status_code == 429:
            return count, answer
        assert answer.status_code == expected, answer.text
        assert int(answer.headers["RateLimit-Remaining"]) >= 0
    raise AssertionError(f"{3 * ADDRESS} requests and no limit")


def check_limited(answer, most):
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["code"] == "rate_limited" and answer.json()["status"] == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= most
    assert answer.headers["RateLimit-Remaining"] == "0"
    assert answer.headers["Cache-Control"] == "no-store"


def begin_upload(stack, login):
    """An upload whose body the server has begun to wait for."""
    import base64  # pylint: disable=import-outside-toplevel

    host, port = stack["BASE_URL"].split("/")[2].split(":")
    link = socket.create_connection((host, int(port)), timeout=20)
    word = base64.b64encode(":".join(login).encode()).decode()
    link.sendall(
        f"POST /analyze HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {word}\r\n"
        "Content-Type: application/pdf\r\nContent-Length: 20\r\n"
        "Expect: 100-continue\r\n\r\n".encode()
    )
    return link, link.recv(4096)


@pytest.mark.expects(*AWAY, "AH01617", "AH01618")
def test_rates_and_uploads_under_way(private):
    stack = private(
        *("--auth", "basic", "--workers", "0"),
        *("--directive", f"BloodtestRateLimit user={USER},address={ADDRESS}"),
        *("--directive", "BloodtestMaxUploads 2"),
    )
    anna, bruno, operator = (stack.login(name) for name in ("USER_A", "USER_B", "OPERATOR"))
    # Uploads: two under way, the third is refused before its body; others are not concerned.
    first, second = begin_upload(stack, operator), begin_upload(stack, operator)
    assert first[1].startswith(b"HTTP/1.1 100") and second[1].startswith(b"HTTP/1.1 100")
    third, said = begin_upload(stack, operator)
    assert said.startswith(b"HTTP/1.1 429"), said
    other, said = begin_upload(stack, bruno)
    assert said.startswith(b"HTTP/1.1 100"), said
    first[0].sendall(b"no report, 20 bytes.")
    assert first[0].recv(4096).startswith(b"HTTP/1.1 415")
    # The place is given back when httpd has done with the request, a moment after its answer.
    for _ in range(10):
        fourth, said = begin_upload(stack, operator)
        if said.startswith(b"HTTP/1.1 100"):
            break
        fourth.close()
        time.sleep(0.2)
    assert said.startswith(b"HTTP/1.1 100"), said
    for link in (first[0], second[0], third, fourth, other):
        link.close()
    # One user's requests do not use up another's.
    count, answer = good_until_limited(stack, "/analyses", 200, auth=anna)
    assert count >= USER
    check_limited(answer, 60 // USER)
    assert stack.get("/analyses", auth=bruno).status_code == 200
    words = ["redis-cli", "-s", stack["REDIS_SOCKET"], "keys", "*"]
    keys = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    assert keys.count(":rate:") >= 3 and anna[0] not in keys and "127.0.0.1" not in keys
    # Without Redis each host counts alone.
    redis = int(stack["REDIS_PID"])
    os.kill(redis, signal.SIGKILL)
    assert not process.wait_gone([redis], 10)
    count, answer = good_until_limited(stack, "/analyses", 200, auth=bruno)
    assert count >= USER
    check_limited(answer, 60 // USER)
    # Nobody guesses passwords for long.
    count, answer = good_until_limited(stack, "/analyses", 401)
    check_limited(answer, 2)
    assert stack.get("/analyses", auth=(anna[0], "guessed")).status_code in (401, 429)


REMOTE = """<IfModule !remoteip_module>
    LoadModule remoteip_module "{modules}/mod_remoteip.so"
</IfModule>
RemoteIPHeader X-Forwarded-For
RemoteIPInternalProxy 127.0.0.1
"""


@ONCE
@pytest.mark.expects(*AWAY)
def test_a_network_of_ipv6_is_one_caller(private, folder):
    """Whatever of its addresses he takes; other networks, and other hosts of IPv4, are others."""
    path = os.path.join(folder, "remote.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(REMOTE.format(modules=httpdconf.apxs("LIBEXECDIR")))
    limit = ("--directive", "BloodtestRateLimit address=5")
    stack = private("--include", path, "--workers", "0", *limit)

    def ask(address):
        answer = stack.get("/analyses", headers={"X-Forwarded-For": address})
        return answer.status_code

    for start in range(2):  # with Redis, and without
        if start == 1:
            os.kill(int(stack["REDIS_PID"]), signal.SIGKILL)
        net = f"2001:db8:{start}"
        said = [ask(f"{net}:7::{host:x}") for host in range(1, 16)]
        assert said[:5] == [200] * 5 and 429 in said, said
        assert ask(f"{net}:7:ffff::1") == 429 and ask(f"{net}:8::1") == 200
        assert [ask(f"192.0.{start}.{host}") for host in range(1, 12)] == [200] * 11


@pytest.mark.parametrize(
    "line, word",
    [
        ("BloodtestRateLimit often", "user=600,address=1200"),
        ("BloodtestRateLimit user=1,user=2", "user=600,address=1200"),
        ("BloodtestRateLimit -1", "user=600,address=1200"),
        ("BloodtestRateLimit address=5,prefix=0", "16 to 128 bits"),
        ("BloodtestMaxUploads 1001", "BloodtestMaxUploads 8"),
    ],
)
def test_bad_limits_stop_the_start(stack, line, word):
    state = stack.state()
    modules = httpdconf.apxs("LIBEXECDIR")
    conf = os.path.join(state["home"], "bad.conf")
    text = (
        f'LoadModule mpm_event_module "{modules}/mod_mpm_event.so"\n'
        f'LoadModule dbd_module "{modules}/mod_dbd.so"\nServerName x\n'
        f'LoadModule bloodtest_module "{state["home"]}/bin/mod_bloodtest.so"\n{line}\n'
    )
    with open(conf, "w", encoding="utf-8") as file:
        file.write(text)
    process.give(conf, 0o644)
    words = [httpdconf.program(), "-t", "-f", conf]
    done = process.run(state["home"], words, state["sanitizer"], check=False)
    assert done.returncode != 0 and word in done.stderr, done.stderr
