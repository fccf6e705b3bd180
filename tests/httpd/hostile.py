# SPDX-License-Identifier: Apache-2.0
"""Hostile requests, written as they go over the wire: (name, bytes).  What must come back stands in
hostile.tsv, one status for each answer; `~` for none."""

HOST = b"Host: localhost\r\n"
END = b"Connection: close\r\n\r\n"
ID = b"0b6c9f0e-5a3d-4a52-9a3e-0d6a4f3c2b1a"
PDF = b"%PDF-1.4\nnot much of a report\n"

LINES = {
    "path-dots": b"GET /../../etc/passwd HTTP/1.1",
    "path-dots-encoded": b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1",
    "path-dots-half": b"GET /.%2e/health HTTP/1.1",
    "path-dots-inside": b"GET /status/../health HTTP/1.1",
    "path-dots-double-encoded": b"GET /status/%252e%252e/health HTTP/1.1",
    "path-slash-encoded": b"GET /status%2f" + ID + b" HTTP/1.1",
    "path-slash-in-id": b"GET /status/a%2fb HTTP/1.1",
    "path-slashes": b"GET //health HTTP/1.1",
    "path-slashes-inside": b"GET /status//" + ID + b" HTTP/1.1",
    "path-slashes-many": b"GET " + b"/" * 300 + b"health HTTP/1.1",
    "path-backslash": b"GET /status\\" + ID + b" HTTP/1.1",
    "path-backslash-encoded": b"GET /status/%5c" + ID + b" HTTP/1.1",
    "path-parameter": b"GET /health;x=1 HTTP/1.1",
    "path-parameter-dots": b"GET /status/..;/health HTTP/1.1",
    "path-parameter-id": b"GET /status/" + ID + b";x HTTP/1.1",
    "path-nul": b"GET /health%00 HTTP/1.1",
    "path-nul-id": b"GET /status/" + ID + b"%00.pdf HTTP/1.1",
    "path-nul-raw": b"GET /health\0 HTTP/1.1",
    "path-crlf": b"GET /status/a%0d%0aSet-Cookie:%20x=1 HTTP/1.1",
    "path-lf": b"GET /status/a%0aX: y HTTP/1.1",
    "path-tab": b"GET /health\tHTTP/1.1",
    "path-space": b"GET /status/a b HTTP/1.1",
    "path-plus": b"GET /status/+ HTTP/1.1",
    "path-percent-alone": b"GET /status/% HTTP/1.1",
    "path-percent-short": b"GET /status/%4 HTTP/1.1",
    "path-percent-bad": b"GET /status/%zz HTTP/1.1",
    "path-percent-unicode": b"GET /status/%u0041 HTTP/1.1",
    "path-utf8": "GET /status/ü HTTP/1.1".encode(),
    "path-utf8-encoded": b"GET /status/%c3%bc HTTP/1.1",
    "path-utf8-overlong-slash": b"GET /status/%c0%af HTTP/1.1",
    "path-utf8-overlong-dots": b"GET /%c0%ae%c0%ae/health HTTP/1.1",
    "path-latin1": b"GET /status/\xfc HTTP/1.1",
    "path-high": b"GET /status/%ff%fe HTTP/1.1",
    "path-upper": b"GET /HEALTH HTTP/1.1",
    "path-encoded-letter": b"GET /%68ealth HTTP/1.1",
    "path-slash-end": b"GET /health/ HTTP/1.1",
    "path-slash-end-twice": b"GET /health// HTTP/1.1",
    "path-dot-end": b"GET /health/. HTTP/1.1",
    "path-below": b"GET /health/x HTTP/1.1",
    "path-asset-dots": b"GET /assets/../openapi.json HTTP/1.1",
    "path-asset-other": b"GET /assets/form.html HTTP/1.1",
    "path-asset-encoded": b"GET /assets/%2e%2e%2fopenapi.json HTTP/1.1",
    "path-hidden": b"GET /.git/config HTTP/1.1",
    "path-htaccess": b"GET /.htaccess HTTP/1.1",
    "path-php": b"GET /index.php?x=1 HTTP/1.1",
    "path-cgi": b"GET /cgi-bin/sh HTTP/1.1",
    "path-id-long": b"GET /status/" + b"a" * 4000 + b" HTTP/1.1",
    "path-id-braces": b"GET /status/{" + ID + b"} HTTP/1.1",
    "path-id-urn": b"GET /status/urn:uuid:" + ID + b" HTTP/1.1",
    "path-id-upper": b"GET /status/" + ID.upper() + b" HTTP/1.1",
    "path-id-no-dashes": b"GET /status/" + ID.replace(b"-", b"") + b" HTTP/1.1",
    "path-id-sql": b"GET /status/" + ID + b"'-- HTTP/1.1",
    "path-id-format": b"GET /status/%25s%25n%25n HTTP/1.1",
    "path-fragment": b"GET /health#x HTTP/1.1",
    "path-script": b"GET /<script>alert(1)</script> HTTP/1.1",
    "line-overlong": b"GET /" + b"a" * 9000 + b" HTTP/1.1",
    "line-query-overlong": b"GET /analyses?q=" + b"a" * 9000 + b" HTTP/1.1",
    "line-query-long": b"GET /analyses?q=" + b"a" * 5000 + b" HTTP/1.1",
    "line-no-version": b"GET /health",
    "line-version-0": b"GET /health HTTP/0.9",
    "line-version-2": b"GET /health HTTP/2.0",
    "line-version-long": b"GET /health HTTP/1.11111111111",
    "line-version-text": b"GET /health HTTP/x.y",
    "line-version-lower": b"GET /health http/1.1",
    "line-extra": b"GET /health HTTP/1.1 more",
    "line-two-spaces": b"GET  /health HTTP/1.1",
    "line-leading-space": b" GET /health HTTP/1.1",
    "line-absolute": b"GET http://localhost/health HTTP/1.1",
    "line-absolute-other": b"GET http://elsewhere.example/health HTTP/1.1",
    "line-absolute-user": b"GET http://a:b@localhost/health HTTP/1.1",
    "line-absolute-file": b"GET file:///etc/passwd HTTP/1.1",
    "line-relative": b"GET health HTTP/1.1",
    "line-star": b"GET * HTTP/1.1",
    "line-options-star": b"OPTIONS * HTTP/1.1",
    "line-control": b"GET /hea\x01lth HTTP/1.1",
    "line-tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "line-h2-preface": b"PRI * HTTP/2.0",
    "method-lower": b"get /health HTTP/1.1",
    "method-unknown": b"BREW /health HTTP/1.1",
    "method-long": b"A" * 3000 + b" /health HTTP/1.1",
    "method-bad": b"GE(T /health HTTP/1.1",
    "method-nul": b"GE\0T /health HTTP/1.1",
    "method-trace": b"TRACE /health HTTP/1.1",
    "method-connect": b"CONNECT localhost:22 HTTP/1.1",
    "method-put": b"PUT /health HTTP/1.1",
    "method-patch": b"PATCH /analysis/" + ID + b" HTTP/1.1",
    "method-propfind": b"PROPFIND / HTTP/1.1",
    "method-delete-all": b"DELETE /analyses HTTP/1.1",
    "method-delete-star": b"DELETE /analysis/* HTTP/1.1",
    "query-skip-negative": b"GET /analyses?skip=-1 HTTP/1.1",
    "query-skip-huge": b"GET /analyses?skip=99999999999999999999 HTTP/1.1",
    "query-skip-text": b"GET /analyses?skip=1e3 HTTP/1.1",
    "query-skip-hex": b"GET /analyses?skip=0x10 HTTP/1.1",
    "query-limit-huge": b"GET /analyses?limit=1000000000 HTTP/1.1",
    "query-limit-negative": b"GET /analyses?limit=-5 HTTP/1.1",
    "query-limit-nul": b"GET /analyses?limit=1%00 HTTP/1.1",
    "query-limit-sql": b"GET /analyses?limit=1;DROP%20TABLE%20users HTTP/1.1",
    "query-status-sql": b"GET /analyses?status='%20OR%201=1-- HTTP/1.1",
    "query-status-upper": b"GET /analyses?status=QUEUED HTTP/1.1",
    "query-user-sql": b"GET /analyses?user_id=x'%20OR%20'1'='1 HTTP/1.1",
    "query-user-other": b"GET /analyses?user_id=somebody HTTP/1.1",
    "query-q-sql": b"GET /analyses?q='%20UNION%20SELECT%201-- HTTP/1.1",
    "query-q-like": b"GET /analyses?q=%25_%25 HTTP/1.1",
    "query-q-nul": b"GET /analyses?q=a%00b HTTP/1.1",
    "query-q-high": b"GET /analyses?q=%ff%fe HTTP/1.1",
    "query-q-crlf": b"GET /analyses?q=a%0d%0aX-Evil:%201&limit=1 HTTP/1.1",
    "query-twice": b"GET /analyses?limit=1&limit=2 HTTP/1.1",
    "query-many": b"GET /analyses?" + b"a=1&" * 1000 + b" HTTP/1.1",
    "query-percent-bad": b"GET /analyses?limit=%zz HTTP/1.1",
    "query-array": b"GET /analyses?limit[]=5 HTTP/1.1",
    "query-only-marks": b"GET /analyses?????&&&&==== HTTP/1.1",
}

# Lines of a GET /health beside a Host, unless they name their own.
HEADERS = {
    "header-no-host": (b"", b""),
    "header-two-hosts": (HOST + b"Host: other.example\r\n", b""),
    "header-host-bad": (b"Host: a b\r\n", b""),
    "header-host-slash": (b"Host: a/../b\r\n", b""),
    "header-host-nul": (b"Host: local\0host\r\n", b""),
    "header-host-port": (b"Host: localhost:99999\r\n", b""),
    "header-host-empty": (b"Host:\r\n", b""),
    "header-host-long": (b"Host: " + b"a" * 5000 + b"\r\n", b""),
    "header-long": (HOST + b"X: " + b"a" * 9000 + b"\r\n", b""),
    "header-many": (HOST + b"".join(b"X-%d: 1\r\n" % i for i in range(120)), b""),
    "header-name-space": (HOST + b"X : 1\r\n", b""),
    "header-name-bad": (HOST + b"X(y): 1\r\n", b""),
    "header-name-empty": (HOST + b": 1\r\n", b""),
    "header-name-nul": (HOST + b"X\0: 1\r\n", b""),
    "header-no-colon": (HOST + b"nonsense\r\n", b""),
    "header-folded": (HOST + b"X: 1\r\n 2\r\n", b""),
    "header-folded-first": (b" X: 1\r\n" + HOST, b""),
    "header-bare-cr": (HOST + b"X: 1\rY: 2\r\n", b""),
    "header-bare-lf": (HOST + b"X: 1\nY: 2\r\n", b""),
    "header-control": (HOST + b"X: \x01\x02\r\n", b""),
    "header-high": (HOST + b"X: \xff\xfe\r\n", b""),
    "header-accept-none": (HOST + b"Accept: image/png\r\n", b""),
    "header-accept-long": (HOST + b"Accept: " + b"a/b," * 1500 + b"\r\n", b""),
    "header-accept-q": (HOST + b"Accept: application/json;q=1e9\r\n", b""),
    "header-origin-null": (HOST + b"Origin: null\r\n", b""),
    "header-origin-foreign": (HOST + b"Origin: https://localhost.evil.example\r\n", b""),
    "header-origin-prefix": (HOST + b"Origin: https://localhost@evil.example\r\n", b""),
    "header-origin-two": (HOST + b"Origin: http://localhost\r\nOrigin: http://evil\r\n", b""),
    "header-site-cross": (HOST + b"Sec-Fetch-Site: cross-site\r\n", b""),
    "header-site-same-site": (HOST + b"Sec-Fetch-Site: same-site\r\n", b""),
    "header-expect": (HOST + b"Expect: nonsense\r\n", b""),
    "header-upgrade": (HOST + b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n", b""),
    "header-range": (HOST + b"Range: bytes=0-1,0-1,0-1,0-1,0-1,0-1\r\n", b""),
    "header-forwarded": (HOST + b"X-Forwarded-For: ' OR 1=1 --\r\n", b""),
    "header-method-override": (HOST + b"X-HTTP-Method-Override: DELETE\r\n", b""),
    "header-authorization-bad": (HOST + b"Authorization: Basic !!!!\r\n", b""),
    "header-authorization-long": (HOST + b"Authorization: Basic " + b"QQ" * 3000 + b"\r\n", b""),
    "header-cookie": (HOST + b"Cookie: " + b"a=b; " * 900 + b"\r\n", b""),
    "get-with-body": (HOST + b"Content-Length: 5\r\n", b"hello"),
    "get-smuggles": (HOST + b"Content-Length: 0\r\n", b"GET /smuggled HTTP/1.1\r\n\r\n"),
}

# A POST /analyze: its lines and its body.
RAW = b"Content-Type: application/pdf\r\n"
CHUNKED = RAW + b"Transfer-Encoding: chunked\r\n"
NEXT = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
BODIES = {
    "length-two": (RAW + b"Content-Length: 4\r\nContent-Length: 5\r\n", b"%PDF-"),
    "length-list": (RAW + b"Content-Length: 5, 6\r\n", b"%PDF-"),
    "length-negative": (RAW + b"Content-Length: -1\r\n", b"%PDF-"),
    "length-plus": (RAW + b"Content-Length: +5\r\n", b"%PDF-"),
    "length-hex": (RAW + b"Content-Length: 0x5\r\n", b"%PDF-"),
    "length-empty": (RAW + b"Content-Length:\r\n", b"%PDF-"),
    "length-huge": (RAW + b"Content-Length: 99999999999999999999\r\n", b"%PDF-"),
    "length-over": (RAW + b"Content-Length: 99999999\r\n", b"%PDF-"),
    "length-space": (RAW + b"Content-Length : 5\r\n", b"%PDF-"),
    "length-short-body": (RAW + b"Content-Length: 500\r\n", b"%PDF-1.4"),
    "length-none": (RAW, b"%PDF-1.4"),
    "length-smuggles": (RAW + b"Content-Length: 3\r\n", b"abc" + NEXT),
    "both-te-cl": (CHUNKED + b"Content-Length: 3\r\n", b"3\r\nabc\r\n0\r\n\r\n"),
    "both-cl-te": (
        RAW + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        b"0\r\n\r\n" + NEXT,
    ),
    "te-two": (CHUNKED + b"Transfer-Encoding: identity\r\n", b"0\r\n\r\n"),
    "te-list": (RAW + b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"),
    "te-gzip": (RAW + b"Transfer-Encoding: gzip\r\n", b"0\r\n\r\n"),
    "te-gzip-chunked": (RAW + b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"),
    "te-x": (RAW + b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"),
    "te-quoted": (RAW + b'Transfer-Encoding: "chunked"\r\n', b"0\r\n\r\n"),
    "te-tab": (RAW + b"Transfer-Encoding:\tchunked\r\n", b"3\r\nabc\r\n0\r\n\r\n"),
    "te-vertical-tab": (RAW + b"Transfer-Encoding:\x0bchunked\r\n", b"0\r\n\r\n"),
    "te-space-name": (RAW + b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"),
    "te-folded": (RAW + b"Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n"),
    "chunk-negative": (CHUNKED, b"-1\r\nabc\r\n0\r\n\r\n"),
    "chunk-hex": (CHUNKED, b"0x3\r\nabc\r\n0\r\n\r\n"),
    "chunk-huge": (CHUNKED, b"ffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
    "chunk-longer": (CHUNKED, b"fffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
    "chunk-text": (CHUNKED, b"zz\r\nabc\r\n0\r\n\r\n"),
    "chunk-empty": (CHUNKED, b"\r\nabc\r\n0\r\n\r\n"),
    "chunk-no-crlf": (CHUNKED, b"3\r\nabcd\r\n0\r\n\r\n"),
    "chunk-lf": (CHUNKED, b"3\nabc\n0\n\n"),
    "chunk-extension": (CHUNKED, b"3;a=b\r\nabc\r\n0\r\n\r\n"),
    "chunk-extension-long": (CHUNKED, b"3;" + b"a" * 9000 + b"\r\nabc\r\n0\r\n\r\n"),
    "chunk-trailer": (CHUNKED, b"3\r\nabc\r\n0\r\nX-User: admin\r\n\r\n"),
    "chunk-cut": (CHUNKED, b"ff\r\nabc"),
    "chunk-zeros": (CHUNKED, b"0000000003\r\nabc\r\n0\r\n\r\n"),
    "chunk-smuggles": (CHUNKED, b"0\r\n\r\n" + NEXT),
    "chunk-bytes": (CHUNKED, b"1\r\na\r\n" * 500 + b"0\r\n\r\n"),
    "type-none": (b"Content-Length: 5\r\n", b"%PDF-"),
    "type-two": (RAW + b"Content-Type: text/plain\r\nContent-Length: 5\r\n", b"hello"),
    "type-parameter": (b"Content-Type: application/pdf; x=y\r\nContent-Length: 5\r\n", b"hello"),
    "type-long": (b"Content-Type: " + b"a" * 4000 + b"\r\nContent-Length: 5\r\n", b"hello"),
    "type-encoding": (
        RAW + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n",
        b"\x1f\x8b\x08\0\0",
    ),
    "key-empty": (RAW + b"Idempotency-Key:\r\nContent-Length: 30\r\n", PDF),
    "key-long": (RAW + b"Idempotency-Key: " + b"k" * 300 + b"\r\nContent-Length: 30\r\n", PDF),
}

# A form of POST /analyze: parts between boundaries "B", unless the whole is given.
FILE = b'Content-Disposition: form-data; name="file"; filename="%s"\r\n\r\nno report'
FORM_HEAD = b"Content-Type: multipart/form-data; boundary=B\r\n"


def part(name, value):
    return b'Content-Disposition: form-data; name="' + name + b'"\r\n\r\n' + value


def form(*parts):
    return b"".join(b"--B\r\n" + one + b"\r\n" for one in parts) + b"--B--\r\n"


def report(head):
    return form(head + b"\r\n\r\n" + PDF)


FILES = b'Content-Disposition: form-data; name="file"; '
FORMS = {
    "form-name-quoted": form(FILE % b'a\\".pdf'),
    "form-name-path": form(FILE % b"../../etc/passwd"),
    "form-name-windows": form(FILE % b"C:\\\\x\\\\y.pdf"),
    "form-name-nul": form(FILE % b"a\0b.pdf"),
    "form-name-crlf": form(FILE % b"a%0d%0ab.pdf"),
    "form-name-long": form(FILE % (b"a" * 5000)),
    "form-name-utf8": form(FILE % "Prüfung ☃.pdf".encode()),
    "form-name-latin1": form(FILE % b"Pr\xfcfung.pdf"),
    "form-name-overlong": form(FILE % b"\xc0\xaf\xc0\xae.pdf"),
    "form-name-rtl": form(FILE % "a\u202efdp.exe".encode()),
    "form-name-script": form(FILE % b"<script>.pdf"),
    "form-name-format": form(FILE % b"%s%n%n"),
    "form-name-zip": form(FILE % b"report.pdf.zip"),
    "form-name-empty": form(FILE % b""),
    "form-name-5987": form(FILES + b"filename*=UTF-8''%e2%98%83.pdf\r\n\r\nno report"),
    "form-name-5987-bad": form(FILES + b"filename*=UTF-8''%zz.pdf\r\n\r\nno report"),
    "form-name-5987-charset": form(FILES + b"filename*=x-none''a.pdf\r\n\r\nno report"),
    "form-name-5987-both": form(FILES + b"filename=a; filename*=UTF-8''b\r\n\r\nno report"),
    "form-name-unclosed": form(FILES + b'filename="a.pdf\r\n\r\nno report'),
    "form-field-nul": form(FILE % b"a", part(b"query", b"a\0b")),
    "form-field-twice": form(part(b"query", b"a"), part(b"query", b"b"), FILE % b"a"),
    "form-field-unknown": form(part(b"admin", b"1"), FILE % b"a"),
    "form-field-long": form(part(b"query", b"q" * 90000), FILE % b"a"),
    "form-field-name-long": form(part(b"n" * 9000, b"1"), FILE % b"a"),
    "form-fields-many": form(*[part(b"a%d" % i, b"1") for i in range(2000)], FILE % b"a"),
    "form-file-twice": form(FILE % b"a", FILE % b"b"),
    "form-no-parts": b"--B--\r\n",
    "form-nothing": b"",
    "form-no-end": b"--B\r\n" + FILE % b"a",
    "form-cut-in-head": b"--B\r\nContent-Disposition: form-data; na",
    "form-cut-in-boundary": b"--B\r\n" + FILE % b"a" + b"\r\n--",
    "form-boundary-inside": form(FILE % b"a" + b"\r\n--Bx\r\nmore"),
    "form-boundary-lf": form(FILE % b"a").replace(b"\r\n", b"\n"),
    "form-preamble": b"x" * 5000 + b"\r\n" + form(FILE % b"a"),
    "form-epilogue": form(FILE % b"a") + b"x" * 5000,
    "form-head-long": b"--B\r\nX: " + b"a" * 70000 + b"\r\n\r\nx\r\n--B--\r\n",
    "form-heads-many": b"--B\r\n" + b"X: 1\r\n" * 5000 + b"\r\nx\r\n--B--\r\n",
    "form-no-disposition": form(b"Content-Type: application/pdf\r\n\r\nno report"),
    "form-attachment": form(b'Content-Disposition: attachment; name="file"\r\n\r\nx'),
    "form-base64": form(
        FILES + b'filename="a"\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8='
    ),
    "form-nested": form(
        FILES + b"filename=a\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n"
    ),
    "form-message": form(
        FILES + b"filename=a\r\nContent-Type: message/rfc822\r\n\r\nX: 1\r\n\r\nx"
    ),
    "form-user-other": form(part(b"user_id", b"admin' --"), FILES + b"filename=a\r\n\r\n" + PDF),
    "form-priority-bad": form(part(b"priority", b"1;DROP"), FILES + b"filename=a\r\n\r\n" + PDF),
    "form-age-bad": form(part(b"age", b"1e999"), FILES + b"filename=a\r\n\r\n" + PDF),
    "form-sex-bad": form(part(b"sex", b"' OR 1"), FILES + b"filename=a\r\n\r\n" + PDF),
    "form-pregnant-bad": form(part(b"pregnant", b"\xff"), FILES + b"filename=a\r\n\r\n" + PDF),
}
BOUNDARIES = {
    "boundary-none": b"multipart/form-data",
    "boundary-empty": b"multipart/form-data; boundary=",
    "boundary-long": b"multipart/form-data; boundary=" + b"B" * 300,
    "boundary-quoted": b'multipart/form-data; boundary="B"',
    "boundary-unclosed": b'multipart/form-data; boundary="B',
    "boundary-two": b"multipart/form-data; boundary=A; boundary=B",
    "boundary-control": b"multipart/form-data; boundary=\x01",
    "boundary-mixed": b"multipart/mixed; boundary=B",
    "boundary-case": b"MULTIPART/Form-Data; BOUNDARY=B",
}


def post(lines, body, path=b"/analyze", end=END):
    return b"POST " + path + b" HTTP/1.1\r\n" + HOST + lines + end + body


def sized(content_type, body):
    return b"Content-Type: %s\r\nContent-Length: %d\r\n" % (content_type, len(body))


JSONS = {
    "json-empty": b"",
    "json-not": b"{",
    "json-nul": b'{"a\\u0000": 1}',
    "json-deep": b"[" * 100000,
    "json-number": b'{"observations": [{"analyte": "potassium", "value": 1e999, "unit": "x"}]}',
    "json-nan": b'{"observations": [{"analyte": "potassium", "value": NaN, "unit": "x"}]}',
    "json-twice": b'{"observations": [], "observations": {}}',
    "json-array": b"[]",
    "json-latin1": b'{"observations": [{"analyte": "\xfc"}]}',
    "json-type": b'{"observations": "\' OR 1=1"}',
}


def requests():
    """Every one of them by its name."""
    made = {name: line + b"\r\n" + HOST + END for name, line in LINES.items()}
    for name, (lines, body) in HEADERS.items():
        end = b"\r\n" if body else END
        made[name] = b"GET /health HTTP/1.1\r\n" + lines + end + body
    for name, (lines, body) in BODIES.items():
        made[name] = post(lines, body, end=b"\r\n")  # kept alive: a second answer would show
    for name, body in FORMS.items():
        made[name] = post(sized(b"multipart/form-data; boundary=B", body), body)
    for name, kind in BOUNDARIES.items():
        body = form(FILE % b"a")
        made[name] = post(sized(kind, body), body)
    for name, body in JSONS.items():
        made[name] = post(sized(b"application/json", body), body, b"/interpret")
    return made
