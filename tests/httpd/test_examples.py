# SPDX-License-Identifier: Apache-2.0
"""The examples of conf/: each starts as it is printed, but for folders, ports and names of hosts,
and lets in whom it says."""
import http.client
import os
import ssl
import subprocess

import pytest
import requests

import directory
import provider
from harness import ONCE, TOP, httpdconf, lifecycle, sample, unique
from test_audit import trail


PLAIN = ["-addext", "basicConstraints=critical,CA:FALSE"]
# AH01882: another OpenSSL than mod_ssl was compiled with; AH01914: the port is no 443.
TLS = ("AH01882", "AH01914", "AH01909")


def example(folder, name, changes):
    """The example with these texts changed; each must stand in it."""
    with open(os.path.join(TOP, "conf", name), encoding="utf-8") as file:
        text = file.read()
    text = text.replace(" modules/", f" {httpdconf.apxs('LIBEXECDIR')}/")
    text = text.replace('    BloodtestRedis "unix:/run/bloodtest/redis.sock"\n', "")
    for old, new in changes.items():
        assert old in text, (name, old)
        text = text.replace(old, new)
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def certificates(folder):
    """An authority, the server's certificate, and those of a caller and of a stranger."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    for name in ("ca", "other"):
        out = ["-keyout", name + ".key", "-out", name + ".crt"]
        openssl(folder, "req", "-x509", *key, *out, "-subj", "/CN=Authority " + name)
    for name, signer in (("server", "ca"), ("anna", "ca"), ("stranger", "other")):
        out = ["-keyout", name + ".key", "-out", name + ".crt", "-subj", "/CN=" + name]
        made = ["-CA", signer + ".crt", "-CAkey", signer + ".key"]
        more = ["-addext", "subjectAltName=IP:127.0.0.1"] + PLAIN if name == "server" else []
        openssl(folder, "req", "-x509", *key, *out, *made, *more)
    for name in os.listdir(folder):
        os.chmod(os.path.join(folder, name), 0o644)


def listening(folder, port):
    return {"Listen 443": f"Listen 127.0.0.1:{port}", "*:443": f"127.0.0.1:{port}"} | {
        "/etc/bloodtest/tls": folder
    }


@pytest.mark.expects("AH01617", "AH01618")
def test_basic(private, folder):
    path = example(folder, "httpd-basic.conf", {})
    stack = private("--auth", "basic", "--location", "/stack", "--include", path, "--workers", "1")
    url = stack["BASE_URL"].removesuffix("/stack") + "/bloodtest"
    assert requests.get(url + "/health", timeout=20).status_code == 200
    refused = requests.get(url + "/analyses", timeout=20)
    assert refused.status_code == 401 and refused.headers["X-Request-Id"]
    assert refused.json()["request_id"] == refused.headers["X-Request-Id"]
    anna, disabled = stack.login("USER_A"), stack.login("DISABLED")
    answer = requests.get(url + "/analyses", auth=anna, timeout=20)
    assert answer.status_code == 200 and answer.headers["RateLimit-Limit"] == "600"
    assert requests.get(url + "/analyses", auth=disabled, timeout=20).status_code == 401
    assert requests.get(url + "/queue/status", auth=anna, timeout=20).status_code == 403
    admin = stack.login("ADMIN")
    assert requests.get(url + "/queue/status", auth=admin, timeout=20).status_code == 200


@pytest.mark.expects(*TLS, "AH02227", "AH01630", "AH02039", "AH02008", "AH02261")
def test_certificates(private, folder):
    certificates(folder)
    port = lifecycle.free_port()
    path = example(folder, "httpd-certificates.conf", listening(folder, port))
    private("--location", "/stack", "--include", path, "--workers", "1")
    url, own = f"https://127.0.0.1:{port}/bloodtest", os.path.join(folder, "ca.crt")
    pair = lambda name: tuple(os.path.join(folder, name + end) for end in (".crt", ".key"))
    assert requests.get(url + "/health", verify=own, timeout=20).status_code == 200
    assert requests.get(url + "/analyses", verify=own, timeout=20).status_code == 403
    with requests.Session() as anna:
        anna.trust_env, anna.verify, anna.cert = False, own, pair("anna")
        body, kind = unique(sample("critical")), {"Content-Type": "application/pdf"}
        answer = anna.post(url + "/analyze", data=body, headers=kind, timeout=20)
        assert answer.status_code == 202, answer.text
        assert anna.get(url + "/analyses", timeout=20).json()["total"] == 1
        assert anna.get(url + "/analyses?user_id=anna", timeout=20).status_code == 200
        assert anna.get(url + "/analyses?user_id=bruno", timeout=20).status_code == 403
        assert anna.get(url + "/queue/status", timeout=20).status_code == 403
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(url + "/analyses", verify=own, cert=pair("stranger"), timeout=20)


@pytest.mark.expects(*TLS, "AH01617", "AH01618")
def test_proxy(private, folder):
    certificates(folder)
    port, inside = lifecycle.free_port(), lifecycle.free_port()
    changes = listening(folder, port) | {":8081": f":{inside}"}
    path = example(folder, "httpd-proxy.conf", changes)
    stack = private("--auth", "basic", "--location", "/stack", "--include", path, "--workers", "0")
    login = requests.auth._basic_auth_str(*stack.login("USER_A"))  # pylint: disable=W0212
    trust = ssl.create_default_context(cafile=os.path.join(folder, "ca.crt"))
    link = http.client.HTTPSConnection(
        "127.0.0.1", port, timeout=20, context=trust, source_address=("127.0.0.7", 0)
    )
    headers = {"Authorization": login, "X-Forwarded-For": "10.9.8.7"}  # a lie
    link.request("GET", "/bloodtest/analyses", headers=headers)
    answer = link.getresponse()
    assert answer.status == 200 and answer.read()
    link.request("GET", "/bloodtest/analyses", headers={"X-Forwarded-For": "10.9.8.7"})
    assert link.getresponse().status == 401
    addresses = {row["address"] for row in trail(stack, "--who", stack["USER_A"])}
    assert addresses == {"127.0.0.7"}


@pytest.mark.expects(*TLS)
def test_oidc(private, folder):
    """Through the login page and back, with nothing but a session of mod_auth_openidc."""
    secret = "a-secret-of-the-tests-0123456789abcdef"
    certificates(folder)
    files = [os.path.join(folder, "server" + end) for end in (".crt", ".key")]
    login = provider.start("anna", secret, *files)
    path = example(
        folder,
        "httpd-oidc.conf",
        {
            "https://login.hospital.example": login.issuer,
            "RS256": "HS256\nOIDCSSLValidateServer Off",
            "exec:/etc/bloodtest/oidc-secret": secret,
            "exec:/etc/bloodtest/oidc-passphrase": secret,
        },
    )
    stack = private("--location", "/stack", "--include", path, "--workers", "0")
    url = stack["BASE_URL"].removesuffix("/stack") + "/bloodtest"
    assert requests.get(url + "/health", timeout=20).status_code == 200
    refused = requests.get(url + "/analyses", allow_redirects=False, timeout=20)
    assert refused.status_code == 401, refused.headers
    with requests.Session() as browser:
        browser.trust_env, browser.verify = False, os.path.join(folder, "ca.crt")
        page = browser.get(url + "/", headers={"Accept": "text/html"}, timeout=20)
        assert page.status_code == 200 and "Send a report" in page.text, page.text
        assert page.history, "no way over the provider"
        body, kind = unique(sample("critical")), {"Content-Type": "application/pdf"}
        answer = browser.post(url + "/analyze", data=body, headers=kind, timeout=20)
        assert answer.status_code == 202, answer.text
        assert browser.get(url + "/analyses?user_id=anna", timeout=20).json()["total"] == 1
        assert browser.get(url + "/queue/status", timeout=20).status_code == 403
    forged = {"Cookie": "mod_auth_openidc_session=forged"}
    assert requests.get(url + "/analyses", headers=forged, timeout=20).status_code == 401
    login.shutdown()
    login.server_close()


BASE = "ou=staff,dc=hospital,dc=example"


def with_ldap(folder, port):
    """The lines of the example that stand in a comment, for those that they say they replace."""
    with open(os.path.join(TOP, "conf", "httpd-basic.conf"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    at = next(i for i, line in enumerate(lines) if "With LDAP instead" in line)
    assert "AuthDBDUserPWQuery" in lines[at - 1] and "AuthBasicProvider dbd" in lines[at - 2]
    ldap = [line.replace("#   ", "") for line in lines[at + 1 : at + 6]]
    modules = httpdconf.apxs("LIBEXECDIR")
    loads = [f'LoadModule {m}_module "{modules}/mod_{m}.so"' for m in ("ldap", "authnz_ldap")]
    text = "\n".join(loads + lines[: at - 2] + ldap + lines[at + 6 :]) + "\n"
    for old, new in {
        " modules/": f" {modules}/",
        "ldaps://ldap.hospital.example/": f"ldap://127.0.0.1:{port}/",
        "exec:/etc/bloodtest/ldap-password": f"exec:{folder}/ldap-password",
        '    BloodtestRedis "unix:/run/bloodtest/redis.sock"\n': "",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    script = os.path.join(folder, "ldap-password")
    for path, content in ((script, "#!/bin/sh\necho of-httpd\n"), (script + ".conf", text)):
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
    os.chmod(script, 0o755)
    return script + ".conf"


@ONCE
@pytest.mark.expects("AH01617", "AH01618", "AH01695", "AH01696", "AH01697")
def test_ldap(private, folder):
    """The module of httpd against a directory: found by uid, known by a bind."""
    anna, httpd = f"cn=Anna,{BASE}", "cn=httpd,dc=hospital,dc=example"
    tree = directory.start(
        {anna: {"uid": "anna"}, "cn=Eve,ou=guests,dc=hospital,dc=example": {"uid": "eve"}},
        {anna: "word", httpd: "of-httpd", "cn=Eve,ou=guests,dc=hospital,dc=example": "word"},
    )
    path = with_ldap(folder, tree.server_address[1])
    stack = private("--auth", "basic", "--location", "/stack", "--include", path, "--workers", "0")
    url = stack["BASE_URL"].removesuffix("/stack") + "/bloodtest"
    ask = lambda *login: requests.get(url + "/analyses", auth=login, timeout=20)
    assert requests.get(url + "/health", timeout=20).status_code == 200
    assert ask("anna", "word").json()["total"] == 0
    assert tree.binds[:2] == [(httpd, True), (anna, True)]
    assert requests.get(url + "/analyses?user_id=anna", auth=("anna", "word"), timeout=20).ok
    for login in (
        *(("anna", "guess"), ("anna", ""), ("eve", "word"), ("nobody", "word"), ("*", "word")),
        *(("an*", "word"), ("anna)(uid=*", "word"), ("*)(uid=anna", "word"), (anna, "word")),
        ("anna\\2a", "word"),
    ):
        refused = ask(*login)
        assert refused.status_code == 401, login
        assert refused.json()["code"] == "unauthenticated", login
    tree.shutdown()
    tree.server_close()
