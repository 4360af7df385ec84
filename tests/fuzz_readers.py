"""Throws damaged files of every kind at the whole way from bytes to articles: `make fuzz`, or with a seed and a number.

    python -m tests.fuzz_readers [SEED] [INPUTS a kind]

Each input is a sample of a kind, changed at random places. It must give articles and rejects, never an exception, no
reject that says 'unexpected', and none may take more than `SLOW_SECONDS`. What falls out is written to a file beside
the answer, so that it can be made a test.
"""

import io
import json
import random
import sys
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.conftest import PROJECT
from transforms.articles import Place, RecordOptions, build_article
from transforms.containers.errors import ContainerError
from transforms.containers.limits import Limits
from transforms.readers.record import BadRecord, PendingRecord
from transforms.records import Found, read_records
from transforms.rows import Rejection

SLOW_SECONDS = 5.0
LIMITS = Limits(member_bytes=4 << 20, archive_bytes=16 << 20, ratio=100, ratio_from=1 << 20, nested_zip_bytes=4 << 20)

STORY = 'The ferry is back\n\n"We waited six weeks," said Tilda Renn.\n\nMayor Helen Marwick met the crew on Monday.\n'
NITF = (
    '<?xml version="1.0"?><nitf><head><title>Ferry</title><docdata><doc-id id-string="f1"/>'
    '<date.issue norm="20260414"/>'
    "</docdata></head><body><body.head><hedline><hl1>The ferry is back</hl1></hedline><byline>By Ada Cole</byline>"
    "<dateline><location>PORT ELLERY</location></dateline></body.head><body.content><p>The ferry is &eacute; back.</p>"
    "<p>All are well &#8217;.</p></body.content></body></nitf>"
)
NEWSML = (
    '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:f1" version="2" xml:lang="en"><itemMeta>'
    "<versionCreated>2026-04-14T06:30:00Z</versionCreated></itemMeta><contentMeta>"
    "<headline>The ferry is back</headline>"
    "<by>Ada Cole</by></contentMeta><contentSet><inlineXML><html><body><p>The ferry is back.</p></body></html>"
    "</inlineXML></contentSet></newsItem>"
)
SGML = (
    '<!DOCTYPE lewis SYSTEM "lewis.dtd">\n<REUTERS TOPICS="YES" NEWID="1">\n'
    "<DATE>26-FEB-1987 15:01:01.79</DATE>\n<TEXT>"
    "&#2;\n<TITLE>FERRY &lt;FRY> BACK</TITLE>\n<DATELINE>    ELLERY, Feb 26 - </DATELINE><BODY>The ferry is\nback.\n"
    " Reuter\n&#3;</BODY></TEXT>\n</REUTERS>\n"
)
MAIL = (
    "From: Ada Cole <ada@ellery.example>\nSubject: =?utf-8?q?The_ferry_is_b=C3=A1ck?=\nNewsgroups: ellery.ferry\n"
    "Date: Tue, 14 Apr 2026 06:30:00 +0100\nContent-Type: text/plain; charset=iso-8859-1\n\nThe ferry is back.\n"
)
FRONT = "---\ntitle: The ferry is back\ndate: 2026-04-14\nauthor: [Ada Cole, Bo Lund]\n---\n\nThe **ferry** is back.\n"
WARC = (
    "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://ellery.example/ferry\r\n"
    "WARC-Date: 2026-04-14T06:30:00Z\r\n"
    "Content-Type: application/http; msgtype=response\r\nContent-Length: {length}\r\n\r\n{http}\r\n\r\n"
)


def samples() -> dict[str, tuple[str, bytes]]:
    """By kind, the name and the bytes of a good file."""
    records = [
        {"id": n, "title": f"Story {n}", "text": STORY, "date": "03/04/2026", "url": f"https://ellery.example/{n}"}
        for n in range(4)
    ]
    page = (PROJECT / "seeds/articles/coast-review/night-ferries.html").read_bytes()
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page.decode('cp1252')}"
    table = "id,title,text,date\n" + "".join(
        f'{n},"Story, {n}","He said ""yes"".\nAll left.",2026-04-14\n' for n in range(4)
    )
    found: dict[str, tuple[str, bytes]] = {
        "text": ("a.txt", STORY.encode()),
        "text in cp1252": ("a.txt", STORY.replace('"', "”").encode("cp1252")),
        "jsonl": ("a.jsonl", "\n".join(map(json.dumps, records)).encode()),
        "json": ("a.json", json.dumps({"articles": records}, indent=1).encode()),
        "csv": ("a.csv", table.encode()),
        "parquet": ("a.parquet", _parquet(records)),
        "html": ("a.html", page),
        "warc": ("a.warc", (WARC.format(length=len(http.encode()), http=http) * 2).encode()),
        "nitf": ("a.xml", NITF.encode()),
        "newsml": ("a.xml", NEWSML.encode()),
        "feed": ("a.rss", (PROJECT / "seeds/articles/island-radio.rss").read_bytes()),
        "sgml": ("a.sgm", SGML.encode() * 2),
        "mail": ("a", MAIL.encode()),
        "front matter": ("a.md", FRONT.encode()),
        "utf-16": ("a.txt", STORY.encode("utf-16")),
    }
    found["gzip"] = ("a.jsonl.gz", (PROJECT / "seeds/articles/westmark-post.jsonl.gz").read_bytes())
    found["zip"] = (
        "a.zip",
        _zip({"a/b.txt": STORY.encode(), "c.jsonl": found["jsonl"][1], "d.zip": _zip({"e.csv": table.encode()})}),
    )
    found["tar"] = (
        "a.tar",
        _tar({"a/b.txt": STORY.encode(), "c.html": page, "d.zip": _zip({"e.txt": b"Yes, all left."})}),
    )
    return found


def damaged(rng: random.Random, good: bytes, others: list[bytes]) -> bytes:
    """GOOD with one to nine changes: bytes turned, cut out, doubled, put in, taken from another kind; cut off."""
    raw = bytearray(good)
    for _ in range(rng.choice((1, 1, 2, 4, 9))):
        at, end = sorted((rng.randrange(len(raw) + 1), rng.randrange(len(raw) + 1)))
        end = min(end, at + rng.choice((1, 8, 200)))
        change = rng.randrange(7)
        if change == 0:
            raw[at:end] = rng.randbytes(end - at)
        elif change == 1:
            del raw[at:end]
        elif change == 2:
            raw[at:at] = raw[at:end] * rng.choice((1, 2, 50))
        elif change == 3:
            raw[at:at] = rng.choice(_TOKENS)
        elif change == 4:
            other = rng.choice(others)
            start = rng.randrange(len(other))
            raw[at:at] = other[start : start + rng.choice((20, 300))]
        elif change == 5:
            raw[at:end] = bytes(byte ^ 1 << rng.randrange(8) for byte in raw[at:end])
        else:
            del raw[at if rng.random() < 0.3 else len(raw) - rng.randrange(20) :]
    return bytes(raw)


def check(name: str, raw: bytes) -> str | None:
    """What is wrong with how the file is read; None where nothing is."""
    started = time.monotonic()
    records = 0
    try:
        for found in read_records(io.BytesIO(raw), name, limits=LIMITS):
            if isinstance(found, Found):
                records += 1
                if trouble := _trouble_of(found):
                    return trouble
    except ContainerError:
        records += 1
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return f"{type(error).__name__}: {error}"
    # Tables, lists, crawls and archives may well be empty.
    may_be_empty = name.endswith((".csv", ".json", ".jsonl", ".parquet", ".warc", ".zip", ".tar"))
    if not records and not may_be_empty and not raw.startswith(b"PK\x05\x06"):
        return "neither article nor reject"
    seconds = time.monotonic() - started
    return f"{seconds:.1f} s" if seconds > SLOW_SECONDS else None


def _trouble_of(found: Found) -> str | None:
    record = found.record.parse() if isinstance(found.record, PendingRecord) else found.record
    if isinstance(record, BadRecord):
        return record.message if record.error_type == "unexpected" or "\n" in record.message else None
    built = build_article(record, Place("c", "c/a", found.record_no, found.holds_many, found.member), RecordOptions())
    if isinstance(built.row, Rejection):
        return None if built.row.message and "\n" not in built.row.message else f"message: {built.row.message!r}"
    json.dumps(built.row.text).encode()
    return None if built.row.text.strip() else "an article without text"


def _inputs(kind: str, seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    known = samples()
    name, good = known[kind]
    others = [raw for _, raw in known.values()]
    rng = random.Random(f"{seed} {kind}")
    for _ in range(count):
        yield name, damaged(rng, good, others)


def _parquet(records: list[dict[str, object]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(records), out, row_group_size=2)
    return out.getvalue()


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _tar(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


_TOKENS = [
    *(
        b"\0  \xff\xfe  \xef\xbb\xbf  \x85  \xe9  \xf0\x9f\x98\x80  <  >  &  \"  '  {  }  [  ]  ,  ;  :  "
        b"\\  \\u0000  \\ud83d  &#0;  &#xD800;  &x;  <![CDATA[  ]]>  <!--  -->  </script>  <script>  <p>  "
        b"</p>  <br>  <nitf>  </nitf>  <item>  </item>  </REUTERS>  <REUTERS>  ---  +++  WARC/1.0  "
        b"HTTP/1.1  Content-Length:  From   Date:  Subject:  base64  charset=utf-7  PK\x03\x04  "
        b"PK\x05\x06  \x1f\x8b  BZh9  \x28\xb5\x2f\xfd  NaN  1e999  null  2026-13-45  99/99/9999  \xa3  "
        b"\x93  \x94"
    ).split(b"  "),
    *(
        b"\n",
        b"\r\n",
        b"\r",
        b"\n\n",
        b" " * 300,
        b"9" * 5_000,
        b"a" * 3_000,
        b"(" * 2_000,
        b"&#" + b"9" * 5_000 + b";",
    ),
]


def main(seed: int, count: int, say: Callable[[str], object] = print) -> int:
    """Runs all kinds; answers how many inputs showed a fault."""
    faults = 0
    for kind in samples():
        seen = Counter[str]()
        started = time.monotonic()
        for number, (name, raw) in enumerate(_inputs(kind, seed, count)):
            if trouble := check(name, raw):
                seen[trouble[:200]] += 1
                if seen[trouble[:200]] == 1:
                    path = (
                        Path(tempfile.gettempdir())
                        / f"newsmill-fuzz-{kind.replace(' ', '-')}-{seed}-{number}{Path(name).suffix}"
                    )
                    path.write_bytes(raw)
                    say(f"{kind}: {trouble[:200]}: {path}")
        faults += seen.total()
        say(f"{kind}: {count:,} inputs, {seen.total()} faults, {time.monotonic() - started:.0f} s")
    return faults


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(1 if main(*(given + [1, 2_000][len(given) :])) else 0)
