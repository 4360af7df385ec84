"""Whole runs over a store that speaks S3 and over the web: what is read, what is read again, what is kept secret."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Outcome

BUCKET = "gazette"


def line(number: int) -> bytes:
    record = {
        "id": f"n{number}",
        "text": f"The mill turned {number} times on Monday, said Ada Brook.",
        "date": "2025-02-10",
    }
    return json.dumps(record).encode() + b"\n"


@pytest.fixture
def store() -> Iterator[tuple[Any, dict[str, str]]]:
    """A bucket, and the environment by which newsmill reaches it."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    keys = {"aws_access_key_id": "test-key", "aws_secret_access_key": "test-secret"}
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **keys)
    client.create_bucket(Bucket=BUCKET)
    environment = {name.upper(): value for name, value in keys.items()}
    yield client, {**environment, "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": endpoint}
    client.close()
    server.stop()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web server on this machine, and the folder that it serves."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Answers(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", folder
    server.shutdown()
    server.server_close()


def rows(shell: Callable[..., Outcome], warehouse: Path, query: str) -> list[dict[str, Any]]:
    done = shell("sql", query, "--warehouse", warehouse, "--format", "json")
    assert done.code == 0, done.err
    found: list[dict[str, Any]] = json.loads(done.out)
    return found


@pytest.mark.long
def test_a_bucket_is_loaded_by_several_workers_and_only_what_has_changed_is_read_again(
    shell: Callable[..., Outcome], store: tuple[Any, dict[str, str]], tmp_path: Path
) -> None:
    client, environment = store
    warehouse = tmp_path / "warehouse"
    for day in range(1, 5):
        body = gzip.compress(b"".join(line(10 * day + number) for number in range(3)))
        client.put_object(Bucket=BUCKET, Key=f"2025/{day:02}.jsonl.gz", Body=body)
    client.put_object(
        Bucket=BUCKET, Key="2025/note.txt", Body=b"The mill in Ashford has closed.\n\nIt had turned for a year."
    )

    def ingest(path: str, runner: str = "inline") -> Outcome:
        given = {**environment, "NEWSMILL_RUNNER": runner, "NEWSMILL_SHARD_BYTES": "300"}
        return shell("ingest", path, "--warehouse", warehouse, "--workers", "2", **given)

    first = ingest(f"s3://{BUCKET}/2025", "processes")
    assert first.code == 0, first.err
    assert "13 articles" in first.err
    files = rows(shell, warehouse, "SELECT file_uri, location, size > 0 AS has_size, etag FROM files ORDER BY file_uri")
    assert [file["file_uri"] for file in files] == [*(f"2025/0{day}.jsonl.gz" for day in range(1, 5)), "2025/note.txt"]
    assert files[0]["location"] == f"s3://{BUCKET}/2025/01.jsonl.gz"
    assert all(file["has_size"] and file["etag"] for file in files)

    assert f"nothing new: 5 files in s3://{BUCKET}/2025 are unchanged" in ingest(f"s3://{BUCKET}/2025").err
    client.put_object(Bucket=BUCKET, Key="2025/02.jsonl.gz", Body=gzip.compress(line(20) + line(99)))
    third = ingest(f"s3://{BUCKET}/2025/*.gz")
    assert third.code == 0, third.err
    assert "from 1 files" in third.err
    texts = rows(shell, warehouse, "SELECT count(*) AS articles FROM articles WHERE file_uri = '2025/02.jsonl.gz'")
    assert texts == [{"articles": 2}]
    missing = ingest(f"s3://{BUCKET}/2026")
    assert (missing.code, missing.err.strip()) == (
        2,
        f"newsmill: 's3://{BUCKET}/2026': there is nothing: check the name, and that the credentials may list it",
    )


def test_a_signed_url_is_read_and_its_secrets_are_stored_nowhere(
    shell: Callable[..., Outcome], web: tuple[str, Path], tmp_path: Path
) -> None:
    host, folder = web
    (folder / "news.jsonl").write_bytes(line(1) + line(2) + b"{broken\n")
    url = f"http://ada:s3cret@{host}/news.jsonl?X-Amz-Signature=abc123"
    done = shell("ingest", url, "--warehouse", tmp_path / "warehouse", PREFECT_HOME=str(tmp_path / "prefect"))
    assert done.code == 0, done.err
    assert "2 articles" in done.err
    assert "s3cret" not in done.err + done.out
    [file] = rows(shell, tmp_path / "warehouse", "SELECT file_uri, location FROM files")
    assert file == {"file_uri": f"{host}/news.jsonl", "location": f"http://{host}/news.jsonl"}
    everything = [path for path in tmp_path.rglob("*") if path.is_file() and folder not in path.parents]
    telling = {path.name for path in everything if any(s in path.read_bytes() for s in (b"s3cret", b"abc123"))}
    assert telling == set()
