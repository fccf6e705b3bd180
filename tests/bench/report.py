# SPDX-License-Identifier: Apache-2.0
"""A report of 50 KB in plain ASCII, so that pgbench can send the very same bytes as a text
parameter."""

ROWS = [
    ("Haemoglobin", "10.4", "g/dL", "12.0 - 15.0"),
    ("Ferritin", "8", "ng/mL", "13 - 150"),
    ("Creatinine", "0.72", "mg/dL", "0.50 - 0.90"),
    ("Sodium", "139", "mmol/L", "136 - 145"),
    ("Potassium", "4.2", "mmol/L", "3.5 - 5.1"),
    ("Chloride", "103", "mmol/L", "98 - 107"),
    ("Albumin", "4.3", "g/dL", "3.5 - 5.2"),
    ("Urea", "24", "mg/dL", "17 - 43"),
    ("Platelet Count", "318", "10^9/L", "150 - 410"),
    ("MCV", "76.8", "fL", "83.0 - 101.0"),
    ("Total Protein", "7.1", "g/dL", "6.4 - 8.3"),
    ("Calcium", "9.4", "mg/dL", "8.6 - 10.3"),
]


def page_content(number):
    """Drawing operators of one page: a table."""
    lines = []

    def show(x, y, text):
        lines.append(f"BT /F1 9 Tf {x} {y} Td <{text.encode('ascii').hex()}> Tj ET")

    show(50, 800, "Laboratory Report")
    for x, head in zip((50, 250, 330, 430), ("Test", "Result", "Unit", "Reference")):
        show(x, 770, head)
    for row, texts in enumerate(ROWS):
        for x, text in zip((50, 250, 330, 430), texts):
            show(x, 750 - 15 * row, text)
    show(50, 40, f"Page {number}")
    return "\n".join(lines)


def make(size=50 * 1024, pages=2):
    """The file as bytes, padded with comments to the size."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number in range(pages):
        content = page_content(number + 1)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    text, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        if number == len(objects):
            room = size - len(text) - len(body) - 1200
            text += "".join(f"% {'filler ' * 14}{n:06}\n" for n in range(max(room, 0) // 107))
        offsets.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(text)
    text += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    text += "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    text += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return text.encode("ascii").ljust(size, b"%")
