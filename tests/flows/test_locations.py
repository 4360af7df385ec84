"""Bytes are read from wherever they lie; what goes wrong is one line, and secrets stay where they are."""

import contextlib
import errno
import io
import os
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows import locations
from flows.discover import Discovery, InputFile, check_paths, describe_input, discover_files, is_unchanged
from flows.errors import InputError
from flows.locations import (
    LocationError,
    hide_secrets,
    is_url,
    list_location,
    name_of_url,
    open_location,
    shown_location,
    stat_location,
)
from warehouse.ledger import KnownFile

BUCKET = "press"
KEY_ID, SECRET = "test-key", "test-secret"


def discover(*paths: str, known: dict[str, KnownFile] | None = None) -> list[InputFile]:
    return list(discover_files(paths, None, lambda _: known or {}))


def uris(*paths: str) -> list[str]:
    return [file.file_uri for file in discover(*paths)]


def ledger_of(files: list[InputFile]) -> dict[str, KnownFile]:
    """As large remote files are known: not by their content."""
    return {file.file_uri: KnownFile(file.size, file.mtime, None, "loaded", file.etag or "unnamed") for file in files}


def read(location: str) -> bytes:
    with open_location(location) as stream:
        return stream.read()


def message_of(*paths: str) -> str:
    with pytest.raises(InputError) as caught:
        check_paths(paths)
    message = str(caught.value)
    assert "\n" not in message
    return message


# --- S3 ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    """A store that speaks S3, on this machine."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """An S3 client, beside an empty bucket; newsmill knows of it by the environment only."""
    import boto3
    import s3fs

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    s3fs.S3FileSystem.clear_instance_cache()
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    yield client
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for item in page.get("Contents", ()):
            client.delete_object(Bucket=BUCKET, Key=item["Key"])
    client.delete_bucket(Bucket=BUCKET)
    client.close()
    s3fs.S3FileSystem.clear_instance_cache()


def put(client: Any, **objects: bytes) -> None:
    put_keys(client, {name.replace("__", "/") + ".txt": content for name, content in objects.items()})


def put_keys(client: Any, objects: dict[str, bytes]) -> None:
    for key, content in objects.items():
        client.put_object(Bucket=BUCKET, Key=key, Body=content)


def test_a_bucket_is_listed_in_the_order_of_identity_with_what_the_store_says(bucket: Any) -> None:
    put_keys(
        bucket,
        {
            "2025/01/a.txt": b"The mill turns.", "2025/01/": b"", "2025/#1.txt": b"1", "2025/$.txt": b"2",
            "2025/01-b.txt": b"3", "2025/.hidden/x.txt": b"4", "2025/photo.jpg": b"5", "2025/Größe.txt": b"6",
            "2024/z.txt": b"7",
        },
    )  # fmt: skip
    assert uris(f"s3://{BUCKET}/2025") == [
        "2025/$.txt", "2025/%231.txt", "2025/01-b.txt", "2025/01/a.txt", "2025/Größe.txt"
    ]  # fmt: skip
    assert uris(f"s3a://{BUCKET}/2025/") == uris(f"s3://{BUCKET}/2025")
    counts = Discovery()
    everything = list(discover_files([f"s3://{BUCKET}"], None, lambda _: {}, counts=counts))
    assert everything[0].file_uri == "press/2024/z.txt"
    assert (counts.files, counts.other_kinds, counts.total_bytes) == (6, 1, 20)
    [file] = discover(f"s3://{BUCKET}/2025/01/")
    assert (file.file_uri, file.location, file.corpus) == ("01/a.txt", f"s3://{BUCKET}/2025/01/a.txt", "01")
    assert file.size == 15
    assert re.fullmatch(r"[0-9a-f]{32}", file.etag or "")
    assert file.mtime
    assert abs((datetime.now(UTC) - file.mtime).total_seconds()) < 60
    assert read(file.location) == b"The mill turns."


def test_one_object_is_a_file_by_its_folder_and_as_within_it(bucket: Any) -> None:
    put_keys(bucket, {"2025/a.txt": b"a", "top.txt": b"t", "odd[1].txt": b"o"})
    assert uris(f"s3://{BUCKET}/2025/a.txt") == ["2025/a.txt"]
    assert uris(f"s3://{BUCKET}/top.txt", f"s3://{BUCKET}/odd[1].txt") == ["press/odd[1].txt", "press/top.txt"]
    assert uris(f"s3://{BUCKET}", f"s3://{BUCKET}/2025/a.txt") == uris(f"s3://{BUCKET}")
    assert discover(f"s3://{BUCKET}/2025")[0] == discover(f"s3://{BUCKET}/2025/a.txt")[0]


def test_patterns_work_in_buckets(bucket: Any) -> None:
    names = [
        "2025/01/x1.jsonl.gz",
        "2025/01/y.jsonl.gz",
        "2025/02/x2.jsonl.gz",
        "2025/x.jsonl.gz",
        "2024/01/x.jsonl.gz",
    ]
    put_keys(bucket, dict.fromkeys(names, b"{}"))
    assert uris(f"s3://{BUCKET}/2025/*/x*.jsonl.gz") == ["2025/01/x1.jsonl.gz", "2025/02/x2.jsonl.gz"]
    assert uris(f"s3://{BUCKET}/202?/01") == ["press/2024/01/x.jsonl.gz", *(f"press/{name}" for name in names[:2])]
    assert uris(f"s3://{BUCKET}/**/x*") == sorted(f"press/{name}" for name in names if "y" not in name)
    assert message_of(f"s3://{BUCKET}/2023/*") == (
        f"nothing matches 's3://{BUCKET}/2023/*': check the pattern, or name a folder or file"
    )


def test_more_objects_than_a_page_holds_are_listed(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put_keys(bucket, {f"many/{number:03}.txt": b"x" for number in range(25)})
    import s3fs

    ask, pages = s3fs.S3FileSystem.call_s3, []

    def ask_for_few(self: Any, method: str, **asked: Any) -> Any:
        pages.append(asked)
        return ask(self, method, **asked, MaxKeys=10)

    monkeypatch.setattr(s3fs.S3FileSystem, "call_s3", ask_for_few)
    assert [file.path for file in list_location(f"s3://{BUCKET}/many")] == [f"{number:03}.txt" for number in range(25)]
    assert len(pages) == 3


def test_a_second_run_finds_objects_unchanged_by_their_etags_and_reads_what_has_changed(bucket: Any) -> None:
    put(bucket, news__a=b"The mill turns.", news__b=b"The mill stops.")
    first = discover(f"s3://{BUCKET}/news")
    known = ledger_of(first)
    assert len(first) == 2
    assert discover(f"s3://{BUCKET}/news", known=known) == []
    put(bucket, news__a=b"The mill turns.", news__b=b"The mill burns.", news__c=b"The mill was insured.")
    assert [f.file_uri for f in discover(f"s3://{BUCKET}/news", known=known)] == ["news/b.txt", "news/c.txt"]


def test_remote_files_can_be_sought_in(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locations, "BLOCK_BYTES", 10_000)
    table = pa.table({"text": [f"{number} " + os.urandom(20).hex() for number in range(5_000)]})
    parquet, archive = io.BytesIO(), io.BytesIO()
    pq.write_table(table, parquet, row_group_size=500)
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.txt", "The mill turns.")
        packed.writestr("b.bin", os.urandom(100_000))
    put_keys(bucket, {"t.parquet": parquet.getvalue(), "t.zip": archive.getvalue()})
    with open_location(f"s3://{BUCKET}/t.parquet") as stream:
        assert stream.seekable()
        assert pq.read_table(stream).equals(table)
    with open_location(f"s3://{BUCKET}/t.zip") as stream, zipfile.ZipFile(stream) as packed:
        assert packed.read("a.txt") == b"The mill turns."
        assert len(packed.read("b.bin")) == 100_000
    assert read(f"s3://{BUCKET}/t.zip") == archive.getvalue()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            "s3://no-such-bucket",
            "'s3://no-such-bucket': there is nothing: check the name, and that the credentials may",
        ),
        ("s3://no-such-bucket/x", "'s3://no-such-bucket/x': there is nothing: check the name, and that"),
        (f"s3://{BUCKET}/none.txt", f"'s3://{BUCKET}/none.txt': there is nothing: check the name, and that"),
        (f"s3://{BUCKET}/none/", f"'s3://{BUCKET}/none/': there is nothing: check the name"),
        ("s3://*/x", "'s3://*/x': patterns do not work for buckets: name one"),
        ("s3://AKIA:s3cret@press/x", "'s3://press/x': no credentials in a URL: set AWS_ACCESS_KEY_ID and AWS_SECRET_"),
        ("nosuch://x/y", "'nosuch://x/y': newsmill knows no 'nosuch://'"),
    ],
)
def test_what_is_wrong_with_a_url_is_said_in_one_line(bucket: Any, path: str, message: str) -> None:
    assert message_of(path).startswith(message)
    assert "s3cret" not in message_of(path)


def test_an_empty_bucket_is_no_error(bucket: Any) -> None:
    assert uris(f"s3://{BUCKET}") == []


def test_missing_credentials_are_said_with_what_to_do(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert message_of(f"s3://{BUCKET}/x") == (
        f"'s3://{BUCKET}/x': there are no credentials (Unable to locate credentials): set AWS_ACCESS_KEY_ID and"
        " AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; FSSPEC_S3_ANON=true for a public bucket"
    )
    with pytest.raises(OSError, match="there are no credentials") as caught:
        open_location(f"s3://{BUCKET}/x")
    assert caught.value.errno == errno.EACCES


def test_wrong_credentials_are_said_with_what_to_do(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import s3fs

    def deny(*_: Any, **__: Any) -> Any:
        raise PermissionError("The AWS Access Key Id you provided does not exist in our records.")

    monkeypatch.setattr(s3fs.S3FileSystem, "call_s3", deny)
    assert message_of(f"s3://{BUCKET}").startswith(
        f"'s3://{BUCKET}': access is denied (The AWS Access Key Id you provided does not exist in our records.): set"
    )


def test_a_store_that_cannot_be_reached_is_said(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    message = message_of(f"s3://{BUCKET}/x")
    assert message.startswith(f"'s3://{BUCKET}/x': cannot be reached (")
    assert message.endswith("): check the network, and AWS_ENDPOINT_URL where the store is not Amazon's")


def test_an_object_that_has_gone_is_an_os_error_for_the_reader(bucket: Any) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        open_location(f"s3://{BUCKET}/gone.txt")
    assert (caught.value.errno, caught.value.strerror) == (errno.ENOENT, "there is nothing")


@pytest.mark.parametrize(
    ("url", "package", "message"),
    [
        ("s3://press/x", "s3fs", "s3:// needs the extra 's3': pip install 'newsmill[s3]'"),
        ("gs://press/x", "gcsfs", "gs:// needs the extra 'gcs': pip install 'newsmill[gcs]'"),
        ("https://example.org/x", "aiohttp", "https:// needs the extra 'https': pip install 'newsmill[https]'"),
    ],
)
def test_a_missing_extra_is_named(url: str, package: str, message: str) -> None:
    code = (
        f"import sys; sys.modules['{package}'] = None; from flows.discover import check_paths; check_paths(['{url}'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stderr.splitlines()[-1] == f"flows.locations.LocationError: {message}"


# --- Google's storage -------------------------------------------------------------------------------------------------


@pytest.fixture
def gs_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """The objects of a store that answers as Google's does, as far as listing and reading go."""
    import json

    import gcsfs

    objects: dict[str, bytes] = {}

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            asked = dict(part.split("=", 1) for part in query.split("&") if "=" in part)
            if path == f"/storage/v1/b/{BUCKET}/o":
                prefix = unquote(asked.get("prefix", "")).replace("+", " ")
                names = sorted(name for name in objects if name.startswith(prefix))
                start = int(asked.get("pageToken", 0))
                page: dict[str, Any] = {"items": [describe(name) for name in names[start : start + 2]]}
                if start + 2 < len(names):
                    page["nextPageToken"] = str(start + 2)
                self.answer(200, json.dumps(page).encode())
                return
            name = unquote(path.rpartition("/o/")[2])
            if name not in objects:
                self.answer(404, b'{"error": {"code": 404, "message": "No such object"}}')
            elif asked.get("alt") == "media" or path.startswith("/download"):
                start, _, end = self.headers.get("Range", f"bytes=0-{len(objects[name])}")[6:].partition("-")
                self.answer(206, objects[name][int(start) : int(end) + 1])
            else:
                self.answer(200, json.dumps(describe(name)).encode())

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    def describe(name: str) -> dict[str, Any]:
        updated = "2025-02-12T08:30:00.123Z"
        return {"name": name, "bucket": BUCKET, "size": str(len(objects[name])), "updated": updated, "etag": "CJ=="}

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("FSSPEC_GS_TOKEN", "anon")
    fsspec.config.set_conf_env(fsspec.config.conf)
    gcsfs.GCSFileSystem.clear_instance_cache()
    yield objects
    server.shutdown()
    server.server_close()
    gcsfs.GCSFileSystem.clear_instance_cache()
    fsspec.config.conf.pop("gs", None)


def test_google_storage_is_listed_page_by_page_and_read(gs_server: dict[str, bytes]) -> None:
    gs_server |= {f"2025/{name}.txt": name.encode() for name in "abcde"}
    files = discover(f"gs://{BUCKET}/2025/")
    assert [file.file_uri for file in files] == [f"2025/{name}.txt" for name in "abcde"]
    assert files[0].location == f"gs://{BUCKET}/2025/a.txt"
    assert (files[0].size, files[0].etag) == (1, "CJ==")
    assert files[0].mtime == datetime(2025, 2, 12, 8, 30, 0, 123_000, UTC)
    assert [read(file.location) for file in files] == [b"a", b"b", b"c", b"d", b"e"]
    assert uris(f"gcs://{BUCKET}/2025/*[bd]*") == ["2025/b.txt", "2025/d.txt"]


# --- the web ----------------------------------------------------------------------------------------------------------

PAGE = b"The mill turns. " * 2_000


class Web:
    """A web server with a few files and habits; `asked` are the requests it has had."""

    def __init__(self) -> None:
        self.files = {"/dumps/news.txt": PAGE, "/empty.txt": b"", "/café 1.txt": b"Coffee."}
        self.etag: str | None = '"v1"'
        self.modified: str | None = "Wed, 12 Feb 2025 08:30:00 GMT"
        self.has_ranges = self.has_length = True
        self.status: list[int] = []
        self.cuts_off = False
        self.asked: list[str] = []
        web = self

        class Answers(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.send_error(405)

            def do_GET(self) -> None:
                web.asked.append(self.path)
                status = web.status.pop(0) if web.status else 200
                name = unquote(self.path.partition("?")[0])
                if status != 200 or name not in web.files:
                    self.send_error(status if status != 200 else 404)
                    return
                web.answer(self, web.files[name])

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.host = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, to: BaseHTTPRequestHandler, body: bytes) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", to.headers.get("Range", "")) if self.has_ranges else None
        if asked and not body:
            to.send_response(416)
            to.send_header("Content-Range", "bytes */0")
        elif asked:
            first, last = int(asked[1]), min(int(asked[2]), len(body) - 1)
            to.send_response(206)
            to.send_header("Content-Range", f"bytes {first}-{last}/{len(body)}")
            body = body[first : last + 1]
        else:
            to.send_response(200)
        if self.has_length:
            to.send_header("Content-Length", str(len(body)))
        for name, value in (("ETag", self.etag), ("Last-Modified", self.modified)):
            if value:
                to.send_header(name, value)
        to.end_headers()
        with contextlib.suppress(ConnectionError):
            to.wfile.write(body[:-1] if self.cuts_off else body)
        if self.cuts_off or not self.has_length:
            to.close_connection = True

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setattr(locations, "FIRST_WAIT_SECONDS", 0.001)
    server = Web()
    yield server
    server.close()


def test_a_file_on_the_web_is_named_by_folder_or_host_and_known_by_what_the_server_says(web: Web) -> None:
    [file] = discover(f"http://{web.host}/dumps/news.txt")
    assert (file.file_uri, file.corpus) == ("dumps/news.txt", "dumps")
    assert (file.size, file.etag) == (len(PAGE), "v1")
    assert file.mtime == datetime(2025, 2, 12, 8, 30, tzinfo=UTC)
    assert uris(f"http://{web.host}/empty.txt#top", f"http://{web.host}/caf%C3%A9%201.txt") == [
        f"{web.host}/café 1.txt", f"{web.host}/empty.txt"
    ]  # fmt: skip
    assert read(f"http://{web.host}/café 1.txt") == b"Coffee."
    assert read(f"http://{web.host}/empty.txt") == b""


def test_a_file_on_the_web_is_unchanged_by_etag_else_by_time(web: Web) -> None:
    url = f"http://{web.host}/dumps/news.txt"
    known = ledger_of(discover(url))
    web.modified = "Thu, 13 Feb 2025 08:30:00 GMT"
    assert discover(url, known=known) == []
    web.etag = '"v2"'
    assert len(discover(url, known=known)) == 1
    web.etag, web.modified = None, "Wed, 12 Feb 2025 08:30:00 GMT"
    assert discover(url, known=known) == []
    web.modified = None
    assert len(discover(url, known=known)) == 1


@pytest.mark.parametrize(("has_ranges", "has_length"), [(True, True), (False, True), (False, False)])
def test_every_server_s_files_can_be_read_and_sought_in(
    web: Web, monkeypatch: pytest.MonkeyPatch, has_ranges: bool, has_length: bool
) -> None:
    monkeypatch.setattr(locations, "BLOCK_BYTES", 1_000)
    web.has_ranges, web.has_length = has_ranges, has_length
    url = f"http://{web.host}/dumps/news.txt"
    [file] = discover(url)
    assert file.size == (len(PAGE) if has_length else None)
    with open_location(url) as stream:
        assert stream.seekable()
        assert stream.read(20) == PAGE[:20]
        stream.seek(-10, io.SEEK_END)
        assert stream.read() == PAGE[-10:]
        stream.seek(5_000)
        assert stream.tell() == 5_000
        assert stream.read(3_000) == PAGE[5_000:8_000]
        stream.seek(0)
        assert stream.read() == PAGE


def test_a_file_of_unknown_size_is_unchanged_by_its_etag(web: Web) -> None:
    web.has_ranges = web.has_length = False
    url = f"http://{web.host}/dumps/news.txt"
    first = discover(url)
    assert first[0].size is None
    assert discover(url, known=ledger_of(first)) == []


def test_a_server_that_fails_for_a_moment_is_asked_again(web: Web) -> None:
    web.status = [503, 500]
    assert read(f"http://{web.host}/dumps/news.txt") == PAGE


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, "there is nothing: check the name, and that the credentials may list it"),
        (
            403,
            "access is denied (the server answers 403 Forbidden): give the URL with its user name and password or its",
        ),
        (500, "cannot be read (the server answers 500 Internal Server Error): check the name, or try again later"),
    ],
)
def test_what_a_web_server_refuses_is_said_in_one_line_without_the_secret(web: Web, status: int, reason: str) -> None:
    web.status = [status] * 10
    message = message_of(f"http://ada:s3cret@{web.host}/dumps/news.txt?X-Amz-Signature=abc123")
    assert message.startswith(f"'http://{web.host}/dumps/news.txt': {reason}")
    web.status = [status] * 10
    with pytest.raises(OSError, match=re.escape(reason.partition(":")[0])) as caught:
        open_location(f"http://ada:s3cret@{web.host}/dumps/news.txt?X-Amz-Signature=abc123")
    assert "s3cret" not in str(caught.value)
    assert "abc123" not in str(caught.value)


def test_a_transfer_that_is_cut_off_is_an_os_error_for_the_reader(web: Web) -> None:
    web.cuts_off, web.has_ranges = True, False
    with pytest.raises(OSError, match="cannot be reached"):
        open_location(f"http://{web.host}/dumps/news.txt")


def test_a_host_that_cannot_be_reached_is_said(web: Web) -> None:
    web.close()
    message = message_of(f"http://{web.host}/x.txt")
    assert message.startswith(f"'http://{web.host}/x.txt': cannot be reached (")
    assert message.endswith("): check the network")


def test_a_folder_on_the_web_is_not_crawled(web: Web) -> None:
    for path in ("/dumps/", "/", ""):
        assert message_of(f"http://{web.host}{path}") == (
            f"'http://{web.host}{path}' names a folder, and web servers do not say what is in one: name its files"
        )
    assert web.asked == []
    assert message_of(f"http://{web.host}/*.txt").endswith("patterns do not work on the web")


def test_a_signed_url_opens_and_its_signature_stays_out_of_identity_and_ledger(web: Web) -> None:
    url = f"http://ada:s3cret@{web.host}/dumps/news.txt?part=1&X-Amz-Credential=k&X-Amz-Signature=abc123&Expires=99"
    [file] = discover(url)
    assert file.file_uri == "dumps/news.txt?part=1"
    assert shown_location(file.location) == f"http://{web.host}/dumps/news.txt?part=1"
    assert read(file.location) == PAGE
    assert all(path.endswith("?part=1&X-Amz-Credential=k&X-Amz-Signature=abc123&Expires=99") for path in web.asked)
    hidden = hide_secrets(url)
    assert hidden == shown_location(url)
    assert discover(hidden) == [file]
    # Signed anew it is the same file, and only one.
    assert uris(url, url.replace("abc123", "def456")) == ["dumps/news.txt?part=1"]
    assert is_unchanged(describe_input(url, file.file_uri, "dumps"), ledger_of([file])[file.file_uri])


# --- other file systems, and names ------------------------------------------------------------------------------------


@pytest.fixture
def memory() -> Iterator[Any]:
    system = fsspec.filesystem("memory")
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


def test_any_other_file_system_of_fsspec_works_folder_by_folder(memory: Any) -> None:
    for name in ("a/2.txt", "a/1.txt", "a-b.txt", "b/c/d.txt", ".x/e.txt", "p.png"):
        memory.pipe_file(f"/press/{name}", name.encode())
    files = discover("memory://press")
    assert [f.file_uri for f in files] == [f"press/{n}" for n in ("a-b.txt", "a/1.txt", "a/2.txt", "b/c/d.txt")]
    assert [read(file.location) for file in files] == [b"a-b.txt", b"a/1.txt", b"a/2.txt", b"b/c/d.txt"]
    assert all(file.mtime and file.size for file in files)
    assert uris("memory://press/a/*.txt", "memory://press/b/c/d.txt") == ["a/1.txt", "a/2.txt", "c/d.txt"]
    assert discover("memory://press", known=ledger_of(files)) == []
    assert stat_location("memory://press/a") is None
    assert message_of("memory://none") == (
        "'memory://none': there is nothing: check the name, and that the credentials may list it"
    )


def test_local_and_remote_inputs_are_merged_in_order(memory: Any, tmp_path: Path) -> None:
    memory.pipe_file("/news/b.txt", b"b")
    for name in ("news/a.txt", "news/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert uris(str(tmp_path / "news"), "memory://news") == ["news/a.txt", "news/b.txt", "news/c.txt"]
    memory.pipe_file("/news/a.txt", b"another")
    with pytest.raises(InputError, match=r"would both be news/a\.txt: ingest them one after the other"):
        uris(str(tmp_path / "news"), "memory://news")


def test_errors_while_reading_are_os_errors(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.pipe_file("/press/a.txt", b"a")

    class Broken(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise ValueError("the server sent\nnonsense, see https://u:s3cret@host/x")

    monkeypatch.setattr(type(memory), "open", lambda *_, **__: cast(Any, Broken()))
    monkeypatch.setattr(locations, "_SEEKABLE_HERE", ())
    with open_location("memory://press/a.txt") as stream, pytest.raises(OSError, match="cannot be read") as caught:
        stream.read()
    assert caught.value.strerror == "cannot be read (the server sent nonsense, see https://host/x)"


def test_a_remote_folder_that_has_become_one_is_no_file(memory: Any) -> None:
    memory.pipe_file("/press/a/b.txt", b"b")
    with pytest.raises(LocationError, match="is a folder now: ingest it anew"):
        describe_input("memory://press/a", "press/a", "press")


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://ada:pw@host:8080/a/b.txt", "https://host:8080/a/b.txt"),
        ("https://host/a?id=5&token=x&page=2#top", "https://host/a?id=5&page=2"),
        ("https://host/a?sv=2024&st=2025&se=2026&sr=b&sp=r&sig=abc", "https://host/a"),
        ("https://host/a?GoogleAccessId=x&Expires=1&Signature=abc", "https://host/a"),
        ("https://host/a?X-Goog-Signature=abc", "https://host/a"),
        ("https://host?key=abc", "https://host"),
        ("HTTPS://host/a?section=world", "https://host/a?section=world"),
        ("sftp://ada:p@ss@host/a b#1?.txt", "sftp://host/a b#1?.txt"),
        ("s3://press/a?b#c@d", "s3://press/a?b#c@d"),
        ("gcs://press/a", "gs://press/a"),
        ("/news/a@b:c.txt", "/news/a@b:c.txt"),
    ],
)
def test_what_is_shown_of_a_location_holds_no_secret(location: str, shown: str) -> None:
    assert shown_location(location) == shown
    assert shown_location(shown) == shown


@pytest.mark.parametrize(
    ("text", "remote"),
    [
        ("s3://b/k", True),
        ("https://h/x", True),
        ("C+x.y-z://h", True),
        ("file:///tmp/x", False),
        ("a/b", False),
        ("/a://b", False),
        ("s3:/b", False),
    ],
)
def test_a_url_is_told_from_a_path(text: str, remote: bool) -> None:
    assert is_url(text) == remote


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://h/a/b%20c.txt", "b c.txt"),
        ("https://h/a%2Fb.txt", "a%2Fb.txt"),
        ("https://h/%FF.txt", "%FF.txt"),
        ("https://h/?id=1", "?id=1"),
    ],
)
def test_a_web_file_is_named_in_readable_letters_where_that_is_unambiguous(url: str, name: str) -> None:
    assert name_of_url(url) == name
