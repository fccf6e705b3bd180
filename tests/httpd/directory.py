# SPDX-License-Identifier: Apache-2.0
"""A small LDAP directory for the tests: simple binds, and searches for one attribute that equals a
value; as much of RFC 4511 as mod_authnz_ldap asks."""
import socketserver
import threading

INTEGER, OCTETS, ENUM, SEQUENCE, SET = 0x02, 0x04, 0x0A, 0x30, 0x31
BIND, BOUND, UNBIND, SEARCH, ENTRY, DONE = 0x60, 0x61, 0x42, 0x63, 0x64, 0x65
AND, EQUAL, PRESENT, SIMPLE = 0xA0, 0xA3, 0x87, 0x80
GOOD, WRONG_PASSWORD = 0, 49


def encode(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + body


def number(tag, value):
    return encode(tag, value.to_bytes(4, "big"))


def decode(data):
    """Tag and content of each element."""
    while data:
        size, at = data[1], 2
        if size & 0x80:
            at += size & 0x7F
            size = int.from_bytes(data[2:at], "big")
        yield data[0], data[at : at + size]
        data = data[at + size :]


def result(number_of, tag, code):
    return encode(SEQUENCE, number_of, encode(tag, number(ENUM, code), encode(OCTETS) * 2))


def matches(entry, tag, content):
    """Whether an entry (a dict) is what a filter asks for; others than these match nothing."""
    if tag == AND:
        return all(matches(entry, *part) for part in decode(content))
    if tag == PRESENT:
        return True
    if tag == EQUAL:
        (_, name), (_, value) = decode(content)
        return entry.get(name.decode().lower()) == value.decode()
    return False


class Talk(socketserver.StreamRequestHandler):
    def message(self):
        head = self.rfile.read(2)
        if len(head) < 2:
            return None
        more = self.rfile.read(head[1] & 0x7F) if head[1] & 0x80 else b""
        return self.rfile.read(int.from_bytes(more, "big") if more else head[1])

    def handle(self):
        while body := self.message():
            (_, ident), (tag, content) = list(decode(body))[:2]
            ident = encode(INTEGER, ident)
            if tag == BIND:
                self.bind(ident, list(decode(content)))
            elif tag == SEARCH:
                self.search(ident, list(decode(content)))
            elif tag == UNBIND:
                return

    def bind(self, ident, parts):
        name, password = parts[1][1].decode(), parts[2][1].decode()
        known = self.server.passwords.get(name) == password and parts[2][0] == SIMPLE
        self.server.binds.append((name, known))
        self.wfile.write(result(ident, BOUND, GOOD if known else WRONG_PASSWORD))

    def search(self, ident, parts):
        base, wanted = parts[0][1].decode(), parts[6]
        for name, entry in self.server.entries.items():
            if name.endswith(base) and matches(entry, *wanted):
                values = [
                    encode(SEQUENCE, encode(OCTETS, k.encode()), encode(SET, text))
                    for k, text in ((k, encode(OCTETS, v.encode())) for k, v in entry.items())
                ]
                found = encode(ENTRY, encode(OCTETS, name.encode()), encode(SEQUENCE, *values))
                self.wfile.write(encode(SEQUENCE, ident, found))
        self.wfile.write(result(ident, DONE, GOOD))


class Directory(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def start(entries, passwords):
    """Serve entries (name: attributes) and passwords (name: password) on a port of 127.0.0.1."""
    server = Directory(("127.0.0.1", 0), Talk)
    server.entries, server.passwords, server.binds = entries, passwords, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
