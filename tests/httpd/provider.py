# SPDX-License-Identifier: Apache-2.0
"""A small OpenID Connect provider: whoever asks is logged in as the account that it was made for.
Tokens are signed with the client's secret (HS256)."""
import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def packed(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=")


def token(claims, secret):
    text = packed({"alg": "HS256", "typ": "JWT"}) + b"." + packed(claims)
    return (text + b"." + packed(hmac.digest(secret.encode(), text, hashlib.sha256))).decode()


class Handler(BaseHTTPRequestHandler):
    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass

    def say(self, value):
        text = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):  # pylint: disable=invalid-name
        if self.path == "/jwks":
            self.say({"keys": []})
            return
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        code = uuid.uuid4().hex
        self.server.nonces[code] = asked.get("nonce")
        answer = urllib.parse.urlencode({"code": code, "state": asked["state"]})
        self.send_response(302)
        self.send_header("Location", asked["redirect_uri"] + "?" + answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self):  # pylint: disable=invalid-name
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        code, now = dict(urllib.parse.parse_qsl(body))["code"], int(time.time())
        claims = {
            "iss": self.server.issuer,
            "aud": "bloodtest",
            "sub": "1",
            "preferred_username": self.server.login,
            "iat": now,
            "exp": now + 300,
            "nonce": self.server.nonces.pop(code),
        }
        signed = token(claims, self.server.secret)
        self.say({"access_token": uuid.uuid4().hex, "token_type": "Bearer", "id_token": signed})


def start(login, secret, certificate, key):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.issuer = f"https://127.0.0.1:{server.server_address[1]}"
    server.login, server.secret, server.nonces = login, secret, {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
