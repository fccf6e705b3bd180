# SPDX-License-Identifier: Apache-2.0
"""Hostile PDFs, written object by object: each takes a report that can be read and does to it what
breaks readers.  What must become of each stands beside it: None where its results are read."""
import hashlib
import zlib

ROWS = (
    b"BT /F 10 Tf 50 740 Td 14 TL (Patient: Test Person   Sex: F   Age: 34 Years) Tj T* T*"
    b" (Test) Tj 150 0 Td (Result) Tj 100 0 Td (Unit) Tj 100 0 Td (Reference) Tj -350 -14 Td"
    b" (Hemoglobin) Tj 150 0 Td (12.9) Tj 100 0 Td (g/dL) Tj 100 0 Td (12.0 - 15.0) Tj -350 -14 Td"
    b" (Potassium) Tj 150 0 Td (4.2) Tj 100 0 Td (mmol/L) Tj 100 0 Td (3.5 - 5.1) Tj -350 -14 Td"
    b" (Sodium) Tj 150 0 Td (139) Tj 100 0 Td (mmol/L) Tj 100 0 Td (136 - 145) Tj ET\n"
)
READ = ["12.9", "4.2", "139"]
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
BOX = b"/MediaBox[0 0 595 842]"
FLATE = b"/Filter/FlateDecode"
MIB = 1024 * 1024


def stream(data, head=b""):
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (head, len(data), data)


def page(more=b"", box=BOX, contents=b"5 0 R", font=b"4 0 R"):
    return b"<</Type/Page/Parent 2 0 R%s/Resources<</Font<</F %s>>%s>>/Contents %s>>" % (
        box,
        font,
        more,
        contents,
    )


def parts(**changed):
    """The objects of the report, some replaced (p2=…) or added."""
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: page(),
        4: FONT,
        5: stream(ROWS),
    }
    objects.update({int(name[1:]): body for name, body in changed.items()})
    return objects


def pdf(objects, trailer=b"", before=b"", start=None):
    out, at = bytearray(before + b"%PDF-1.5\n"), {}
    for number, body in sorted(objects.items()):
        at[number] = len(out) - len(before)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    xref, size = len(out) - len(before), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        free = b"0000000000 65535 f \n"
        out += b"%010d 00000 n \n" % at[number] if number in at else free
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        trailer,
        xref if start is None else start,
    )
    return bytes(out)


def made(**changed):
    return pdf(parts(**changed))


def zeros(size, times=1, fill=b" "):
    """So many bytes, deflated once or more."""
    pack = zlib.compressobj(9)
    data = b"".join(pack.compress(fill * MIB) for _ in range(size // MIB)) + pack.flush()
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return data


def bomb(size, times):
    filters = b"/Filter[" + b"/FlateDecode " * times + b"]"
    return made(p5=stream(zeros(size, times), filters))


def many_pages(n, real):
    kids = b" ".join(b"3 0 R" if not real else b"%d 0 R" % (10 + i) for i in range(n))
    objects = parts(p2=b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, n))
    if real:
        objects.update({10 + i: page() for i in range(n)})
    return pdf(objects)


def glyphs(n, text):
    """Characters in lines of 1,000 on a page with room for them: poppler drops what leaves it."""
    line = b"(" + text * (1000 // len(text)) + b") Tj 0 -12 Td "
    drawn = b"BT /F 10 Tf 20 13900 Td " + line * (n // 1000) + b"ET"
    large = page(box=b"/MediaBox[0 0 14400 14400]")
    return made(p3=large, p5=stream(zlib.compress(ROWS + drawn), FLATE))


def deep_form(n):
    """Forms that draw each other, n deep."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X %d 0 R>>>>"
    objects = parts(p3=page(b"/XObject<</X 10 0 R>>"), p5=stream(ROWS + b"/X Do"))
    objects.update({10 + i: stream(b"/X Do", form % (11 + i)) for i in range(n)})
    objects[10 + n] = stream(b"", form % (10 + n))
    return pdf(objects)


def wide_form(depth, each):
    """Billion laughs: each form draws the next one so many times."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X %d 0 R>>>>"
    objects = parts(p3=page(b"/XObject<</X 10 0 R>>"), p5=stream(ROWS + b"/X Do"))
    for i in range(depth):
        objects[10 + i] = stream(b"/X Do " * each, form % (11 + i))
    objects[10 + depth] = stream(b"0 0 1 1 re f", form % (10 + depth))
    return pdf(objects)


def owner_password():
    """RC4, 40 bits, an empty user password: opens for everybody, only changing it is locked."""
    pad = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    owner_key = hashlib.md5((b"secret" + pad)[:32]).digest()[:5]
    owner, name, rights = rc4(owner_key, pad), b"0123456789abcdef", -44 & 0xFFFFFFFF
    seed = pad + owner + rights.to_bytes(4, "little") + name
    key = hashlib.md5(seed).digest()[:5]
    own = hashlib.md5(key + bytes([5, 0, 0, 0, 0])).digest()[:10]
    objects = parts(
        p5=stream(rc4(own, ROWS)),
        p6=b"<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -44>>"
        % (owner.hex().encode(), rc4(key, pad).hex().encode()),
    )
    return pdf(objects, b"/Encrypt 6 0 R/ID[<%s><%s>]" % ((name.hex().encode(),) * 2))


def rc4(key, data):
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) & 255
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) & 255
        j = (j + box[i]) & 255
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) & 255])
    return bytes(out)


def active_content():
    script = b"<</S/JavaScript/JS(app.launchURL\\('http://127.0.0.1:9/'\\))>>"
    return pdf(
        parts(
            p1=b"<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R/AA<</WC 6 0 R>>/Names<</JavaScript"
            b"<</Names[(a) 6 0 R]>>/EmbeddedFiles<</Names[(x.exe) 7 0 R]>>>>>>",
            p6=script,
            p7=b"<</Type/Filespec/F(x.exe)/EF<</F 8 0 R>>>>",
            p8=stream(b"MZ" + b"\0" * 1000, b"/Type/EmbeddedFile"),
            p9=b"<</S/Launch/F(/bin/sh)>>",
        )
    )


def no_mapping():
    """A font whose codes name no character: what cannot be known is not read."""
    return made(
        p4=b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[6 0 R]>>",
        p6=b"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)"
        b"/Ordering(Identity)/Supplement 0>>/FontDescriptor 7 0 R>>",
        p7=b"<</Type/FontDescriptor/FontName/X/Flags 4>>",
    )


def structures():
    """Files whose objects lie or go in circles."""
    good = made()
    loop = b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>"
    tree = b"<</Type/Pages/Kids[6 0 R]/Count 1>>"
    self_form = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X 6 0 R>>>>"
    call = page(b"/XObject<</X 6 0 R>>")
    deep = b"[" * 200000 + b"]" * 200000, b"<</A " * 200000 + b">>" * 200000
    draws = stream(ROWS + b"/X Do")
    outline = b"<</Title(x)/First 6 0 R/Next 6 0 R/Parent 6 0 R>>"
    return {
        "plain": (good, None),
        "xref-offset": (pdf(parts(), start=999999999), None),
        "xref-negative": (good.replace(b"startxref\n", b"startxref\n-"), None),
        "xref-garbage": (good.replace(b"00000 n", b"9x9!? n"), None),
        "xref-loop": (pdf(parts(), b"/Prev %d" % good.index(b"xref")), None),
        "xref-size": (good.replace(b"/Size 6", b"/Size 2147483647"), None),
        "root-missing": (good.replace(b"/Root 1 0 R", b""), "damaged"),
        "root-loop": (made(p1=b"1 0 R"), "damaged"),
        "pages-loop": (made(p2=loop), "damaged"),
        "pages-loop-far": (made(p2=tree, p6=b"<</Type/Pages/Kids[2 0 R]/Count 1>>"), "damaged"),
        "pages-none": (made(p2=b"<</Type/Pages/Kids[]/Count 0>>"), "damaged"),
        "pages-count-lies": (made(p2=b"<</Type/Pages/Kids[3 0 R]/Count 100000>>"), "damaged"),
        "pages-count-negative": (made(p2=b"<</Type/Pages/Kids[3 0 R]/Count -5>>"), "damaged"),
        "pages-10000": (many_pages(10000, True), "too_large"),
        "pages-10000-shared": (many_pages(10000, False), "damaged"),
        "form-loop": (
            made(p3=call, p5=stream(ROWS + b"/X Do"), p6=stream(b"/X Do", self_form)),
            None,
        ),
        "form-deep": (deep_form(3000), None),
        "form-laughs": (wide_form(12, 12), "timeout"),
        "outline-loop": (
            made(p1=b"<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R>>", p6=outline),
            None,
        ),
        "length-loop": (
            made(p5=stream(ROWS).replace(b"/Length %d" % len(ROWS), b"/Length 5 0 R")),
            None,
        ),
        "arrays-deep": (made(p6=deep[0], p3=page(b"/XObject 6 0 R"), p5=draws), None),
        "dictionaries-deep": (made(p6=deep[1], p3=page(b"/XObject 6 0 R"), p5=draws), None),
        "page-deep": (made(p3=page(b"/X" + deep[0])), None),
        "text-only-name": (b"%PDF-1.4\n%%EOF\n", "damaged"),
    }


def contents():
    """Files that are whole and hold too much, or nonsense."""
    numbers = b"BT /F 10 Tf 1 0 0 1 nan inf Tm (Glucose 99 mg/dL) Tj 1e400 -1e400 Td (5) Tj ET\n"
    huge = b"BT /F 1" + b"0" * 300 + b" Tf 9" + b"9" * 300 + b" 0 Td (Glucose 99 mg/dL) Tj ET\n"
    return {
        "glyphs-1e6": (glyphs(1000000, b"12.5 "), "too_large"),
        "glyphs-1e6-word": (glyphs(1000000, b"1"), "too_large"),
        "box-huge": (made(p3=page(box=b"/MediaBox[0 0 1e30 1e30]")), None),
        "box-inverted": (made(p3=page(box=b"/MediaBox[595 842 0 0]")), None),
        "box-empty": (made(p3=page(box=b"/MediaBox[0 0 0 0]")), None),
        "box-missing": (made(p3=page(box=b"")), None),
        "bomb-1000": (bomb(64 * MIB, 1), "no_text"),
        "bomb-nested": (bomb(64 * MIB, 3), "no_text"),
        "filters-many": (
            made(p5=stream(ROWS, b"/Filter[" + b"/ASCIIHexDecode " * 5000 + b"]")),
            "no_text",
        ),
        "active": (active_content(), None),
        "font-unmapped": (no_mapping(), "not_a_report"),
        "font-missing": (made(p3=page(font=b"99 0 R")), "no_text"),
        "font-loop": (made(p4=b"4 0 R"), "no_text"),
        "owner-password": (owner_password(), None),
        "operands-deep": (made(p5=stream(ROWS + b"[" * 200000 + b"]" * 200000 + b" TJ")), None),
        "states-deep": (made(p5=stream(b"q " * 100000 + ROWS)), None),
        "numbers-odd": (made(p5=stream(ROWS + numbers)), None),
        "numbers-huge": (made(p5=stream(ROWS + huge)), None),
    }


def turned(matrix, rotate=0):
    """A page whose letters run another way, or that is looked at from another side."""
    square = page(box=b"/MediaBox[0 0 842 842]/Rotate %d" % rotate)
    return made(p3=square, p5=stream(b"q " + matrix + b" cm " + ROWS + b"Q"))


def directions():
    up, down, back = b"0 1 -1 0 842 0", b"0 -1 1 0 0 842", b"-1 0 0 -1 842 842"
    straight = b"1 0 0 1 0 0"
    return {
        "turned-page-90": (turned(straight, 90), None),
        "turned-page-180": (turned(straight, 180), None),
        "turned-page-270": (turned(straight, 270), None),
        "turned-page-minus": (turned(straight, -90), None),
        "turned-text-up": (turned(up), None),
        "turned-text-down": (turned(down), None),
        "turned-text-back": (turned(back), None),
        "turned-both-90": (turned(up, 90), None),
        "turned-both-180": (turned(back, 180), None),
        "turned-both-270": (turned(down, 270), None),
    }


def filled_form(value):
    """The report with its potassium typed into a field, which has no look of its own."""
    return pdf(
        parts(
            p1=b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/DA(/F 10 Tf)>>>>",
            p3=page().replace(b"/Type/Page/", b"/Type/Page/Annots[6 0 R]/"),
            p5=stream(ROWS.replace(b"(4.2)", b"()")),
            p6=b"<</Type/Annot/Subtype/Widget/FT/Tx/T(k)/V(%s)/DA(/F 10 Tf)"
            b"/Rect[198 680 240 694]/F 4>>" % value,
        )
    )


def documents():
    """Name: (bytes, error class or None where exactly READ must be read)."""
    return {**structures(), **contents(), **directions()}


JUNK_BEFORE = pdf(parts(), before=b"junk \0\xff\n" * 100)
