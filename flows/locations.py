"""Where bytes lie: local files, and those behind URLs of any fsspec file system.

Comes in: a location, which is an absolute path or a URL (`s3://bucket/key`). Goes out: an open stream, or what lies
there. A local path that is not UTF-8 is spelled as a `file://` URL, so that every location can be stored.

Credentials come from the environment, as the clients of each store read them (AWS_*, GOOGLE_APPLICATION_CREDENTIALS).
Where a URL itself holds a secret (`https://user:password@`, `?X-Amz-Signature=`), only the running process knows it:
whatever is stored or shown goes through `shown_location`, and `hide_secrets` keeps a URL from those who write down what
they are given, as Prefect does. Such a file is read anew by naming its URL again.
"""

import errno
import io
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, ParamSpec, TypeVar, cast
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

from flows.errors import FlowsError, InputError

BLOCK_BYTES = 4 << 20
CACHED_BLOCKS = 4
"""A remote file is fetched in blocks; the last few stay in memory, so that going back a little costs nothing."""

TRIES = 3
FIRST_WAIT_SECONDS = 0.5
"""How often a request is tried over HTTP, and how long to wait before the second time; then four times as long."""

SAID_CHARS = 200

EXTRAS = {"s3": "s3", "gs": "gcs", "http": "https", "https": "https"}
"""The extra of newsmill that each kind of URL needs."""

SAME_SCHEMES = {"s3a": "s3", "gcs": "gs"}
"""Other names of the same store."""

WEB = frozenset({"http", "https"})
PAGED = frozenset({"s3", "gs"})

CREDENTIALS_HELP = {
    "s3": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; FSSPEC_S3_ANON=true for a public bucket",
    "gs": "set GOOGLE_APPLICATION_CREDENTIALS to the key file; FSSPEC_GS_TOKEN=anon for a public bucket",
    "http": "give the URL with its user name and password or its signature",
}
NETWORK_HELP = {"s3": "check the network, and AWS_ENDPOINT_URL where the store is not Amazon's"}

# Names of query parameters that carry a secret or belong to a signature, which is another one every time.
_SECRET_PARAMETER = re.compile(
    r"(?i)sig|token|secret|passw|pwd|auth|credential|key|policy|expires|hmac|jwt|session|access|x-amz-|x-goog-|"
    r"^(?:s[etvrpsi]|spr|sip|srt|sk[a-z]{1,3})$"
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_URL_IN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"<>]+")

_HIDDEN: dict[str, str] = {}

P = ParamSpec("P")
T = TypeVar("T")


_WRONGLY_NAMED = (errno.ENOENT, errno.EACCES, errno.EISDIR, errno.EINVAL, errno.EPROTONOSUPPORT)


class LocationError(InputError):
    """What lies at a location cannot be listed. `errno` as in OSError: ENOENT where there is nothing."""

    def __init__(self, message: str, code: int = errno.EIO) -> None:
        super().__init__(message)
        self.errno = code
        if code not in _WRONGLY_NAMED:
            # The network or the server is at fault, and nobody who named it.
            self.exit_code = FlowsError.exit_code
            self.is_transient = True


@dataclass(slots=True, frozen=True)
class RemoteFile:
    """A file behind a URL. `path` is relative to the folder that was listed; what the server does not tell is None."""

    location: str
    path: str
    size: int | None
    mtime: datetime | None
    etag: str | None


def is_url(text: str) -> bool:
    """Whether the location is remote: a URL, but not of a local file."""
    return scheme_of(text) not in ("", "file", "local")


def scheme_of(text: str) -> str:
    """What stands before `://`, in the form that `normal_url` uses; '' for a path."""
    match = _SCHEME.match(text)
    scheme = match[1].lower() if match else ""
    return SAME_SCHEMES.get(scheme, scheme)


def normal_url(url: str) -> str:
    """The URL by which the same file is always named: usual scheme, no fragment of a web page, no '/' at the end."""
    scheme, rest = scheme_of(url), url.split("://", 1)[1]
    if scheme in WEB:
        return f"{scheme}://{rest.partition('#')[0]}"
    return f"{scheme}://{rest.lstrip('/') if scheme in PAGED else rest}".rstrip("/")


def location_of_path(path: str) -> str:
    """The location of a local file: its path, or a URL where the path cannot be stored as text."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return "file://" + quote(os.fsencode(path))
    return path


def path_of_location(location: str) -> str:
    """The path of a local location."""
    if scheme_of(location) in ("file", "local"):
        return os.fsdecode(unquote_to_bytes(location.split("://", 1)[1]))
    return location


def shown_location(location: str) -> str:
    """The location as it may be stored and shown: without user names, passwords and signatures."""
    scheme = scheme_of(location)
    if not scheme:
        return location_of_path(location)
    rest = location.split("://", 1)[1]
    host, slash, path = rest.partition("/")
    if scheme in WEB:
        path, _, query = path.partition("#")[0].partition("?")
        kept = [part for part in query.split("&") if part and not _SECRET_PARAMETER.search(part.partition("=")[0])]
        path += "?" + "&".join(kept) if kept else ""
        host = host.partition("?")[0]
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def hide_secrets(location: str) -> str:
    """What may be shown of the location; in this process `with_secrets` of that answers the whole."""
    shown = shown_location(location) if is_url(location) else location
    if shown != location:
        _HIDDEN[shown] = location
    return shown


def with_secrets(location: str) -> str:
    """The location as it was before `hide_secrets`."""
    return _HIDDEN.get(location, location)


def name_of_url(url: str) -> str:
    """The name of the file that a web address means: the last part of its path, and of its query what is no secret."""
    parts = urlsplit(shown_location(url))
    name = parts.path.rpartition("/")[2]
    plain = unquote(name)
    name = name if "/" in plain or "\ufffd" in plain else plain
    return f"{name}?{parts.query}" if parts.query else name


def folder_of_url(url: str) -> str:
    """The folder in which a file lies: its URL up to the last '/' of the path."""
    path = url.partition("?")[0] if scheme_of(url) in WEB else url
    head, _, rest = path.partition("://")
    return f"{head}://{rest.rpartition('/')[0]}"


def open_location(location: str) -> BinaryIO:
    """Opens a local or remote file to read its bytes; the stream can seek.

    A remote file is fetched in blocks as it is read; where its server can only send it whole, it goes to a temporary
    file. Raises OSError, and so do the stream's own methods: `strerror` is the reason in one line.
    """
    if not is_url(location):
        return Path(path_of_location(location)).open("rb")
    try:
        system, path = _system_of(location)
    except LocationError as error:
        raise OSError(error.errno, str(error)) from error
    opened = _call(location, partial(_open, system, path, location))
    return opened if isinstance(opened, _SEEKABLE_HERE) else io.BufferedReader(_RemoteStream(opened, location))


def stat_location(url: str) -> RemoteFile | None:
    """What the server says of a remote file; None for a folder.

    Raises LocationError, with ENOENT where there is nothing.
    """
    if scheme_of(url) not in WEB:
        system, path = _system_of(url)
        details = _listing(url, lambda: system.info(path))
        return None if details["type"] == "directory" else _remote_file(url, "", details)
    system, path = _system_of(url)
    if urlsplit(url).path.endswith(("/", "")) and not name_of_url(url):
        raise LocationError(
            f"'{shown_location(url)}' names a folder, and web servers do not say what is in one: name its files",
            errno.EISDIR,
        )
    answer = _listing(url, lambda: _probe(system, path))
    return RemoteFile(url, "", answer.size, answer.mtime, answer.etag)


def list_location(url: str, stem: str = "") -> Iterator[RemoteFile]:
    """All files below a remote folder, in no certain order; only those whose path begins with `stem`.

    Buckets are listed page by page, other file systems folder by folder; nothing else is kept. Raises LocationError.
    """
    system, path = _system_of(url)
    pages = _PAGES.get(scheme_of(url))
    files = _listed_by_page(pages(system, path, stem), url) if pages else _listed_by_folder(system, path, url)
    while True:
        file = _listing(url, lambda: next(files, None))
        if file is None:
            return
        if file.path.startswith(stem):
            yield file


# --- file systems -----------------------------------------------------------------------------------------------------


def _system_of(url: str) -> tuple[Any, str]:
    """The fsspec file system of a URL, and the path in it. Raises LocationError where it cannot be had."""
    import fsspec

    scheme = scheme_of(url)
    try:
        kind: Any = fsspec.get_filesystem_class(scheme)
        if scheme == "gs":
            # The class that fsspec names asks over gRPC of which type a bucket is, for minutes where that is barred.
            kind = import_module("gcsfs.core").GCSFileSystem
    except ValueError:
        raise LocationError(
            f"'{shown_location(url)}': newsmill knows no '{scheme}://'", errno.EPROTONOSUPPORT
        ) from None
    except ImportError as error:
        extra = EXTRAS.get(scheme)
        needs = f"the extra '{extra}': pip install 'newsmill[{extra}]'" if extra else f"another package: {error}"
        raise LocationError(f"{scheme}:// needs {needs}", errno.EPROTONOSUPPORT) from error
    host = url.split("://", 1)[1].partition("/")[0]
    if scheme in PAGED and "@" in host:
        raise LocationError(
            f"'{shown_location(url)}': no credentials in a URL: {CREDENTIALS_HELP[scheme]}", errno.EACCES
        )
    url = quote(url, safe="%/:=&?~#+!$,;'@()*[]") if scheme in WEB else url
    try:
        system = kind(**{**kind._get_kwargs_from_urls(url), **_options(scheme)})
    except Exception as error:
        raise _location_error(url, error) from error
    return system, kind._strip_protocol(url)


def _options(scheme: str) -> dict[str, Any]:
    if scheme == "s3":
        return {"use_listings_cache": False, "config_kwargs": {"connect_timeout": 15, "read_timeout": 60}}
    if scheme == "gs":
        return {"use_listings_cache": False}
    if scheme in WEB:
        import aiohttp

        # A large file may take its time as long as bytes are coming; `encoded`: a signature holds for the URL as it is.
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=60)
        return {"client_kwargs": {"timeout": timeout, "trust_env": True}, "encoded": True}
    return {}


def _open(system: Any, path: str, location: str) -> Any:
    if scheme_of(location) not in WEB:
        return system.open(
            path, "rb", block_size=BLOCK_BYTES, cache_type="blockcache", cache_options={"maxblocks": CACHED_BLOCKS}
        )
    answer = _probe(system, path)
    if not answer.sends_ranges:
        return _download(system, path)
    if not answer.size:
        return io.BytesIO()
    return system.open(
        path, "rb", size=answer.size, block_size=BLOCK_BYTES,
        cache_type="blockcache", cache_options={"maxblocks": CACHED_BLOCKS},
    )  # fmt: skip


# --- the web ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True, frozen=True)
class _Answer:
    """What a web server says of a file."""

    size: int | None
    mtime: datetime | None
    etag: str | None
    sends_ranges: bool


def _probe(system: Any, url: str) -> _Answer:
    """Asks for the first byte: unlike HEAD, every server answers that, also to a signed URL."""
    from fsspec.asyn import sync

    async def ask() -> tuple[int, Any]:
        session = await system.set_session()
        headers = {"Range": "bytes=0-0", "Accept-Encoding": "identity"}
        async with session.get(system.encode_url(url), headers=headers) as response:
            if response.status != 416:  # what an empty file has no first byte for
                response.raise_for_status()
            response.close()
            return response.status, response.headers

    status, headers = sync(system.loop, ask)
    sends_ranges = status in (206, 416)
    size = headers.get("Content-Range", "").rpartition("/")[2] if sends_ranges else headers.get("Content-Length", "")
    is_packed = headers.get("Content-Encoding", "identity") not in ("", "identity")
    has_size = size.isdecimal() and not is_packed
    return _Answer(
        size=int(size) if has_size else None,
        mtime=_time_of(headers.get("Last-Modified")),
        etag=_tag_of(headers.get("ETag")),
        sends_ranges=sends_ranges and has_size,
    )


def _download(system: Any, url: str) -> BinaryIO:
    """The whole file, in a temporary one."""
    from fsspec.asyn import sync

    async def fetch(target: BinaryIO) -> None:
        session = await system.set_session()
        async with session.get(system.encode_url(url), headers={"Accept-Encoding": "identity"}) as response:
            response.raise_for_status()
            async for block in response.content.iter_chunked(1 << 20):
                target.write(block)

    target = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
    try:
        sync(system.loop, fetch, target)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target


# --- listing ----------------------------------------------------------------------------------------------------------


def _s3_pages(system: Any, path: str, stem: str) -> Iterator[list[dict[str, Any]]]:
    bucket, _, key = path.partition("/")
    asked = {"Bucket": bucket, "Prefix": f"{key}/{stem}" if key else stem, **system.req_kw}
    while True:
        page = system.call_s3("list_objects_v2", **asked)
        # Objects are named from the bucket on, as file systems do.
        yield [{**item, "name": f"{bucket}/{item['Key']}", "size": item["Size"]} for item in page.get("Contents", ())]
        if not page.get("IsTruncated"):
            return
        asked["ContinuationToken"] = page["NextContinuationToken"]


def _gs_pages(system: Any, path: str, stem: str) -> Iterator[list[dict[str, Any]]]:
    bucket, _, key = path.partition("/")
    asked = {"prefix": f"{key}/{stem}" if key else stem, "fields": "nextPageToken,items(name,size,updated,etag)"}
    while True:
        page = system.call("GET", "b/{}/o", bucket, json_out=True, **asked)
        yield [{**item, "name": f"{bucket}/{item['name']}"} for item in page.get("items", ())]
        if not page.get("nextPageToken"):
            return
        asked["pageToken"] = page["nextPageToken"]


_PAGES: dict[str, Callable[[Any, str, str], Iterator[list[dict[str, Any]]]]] = {"s3": _s3_pages, "gs": _gs_pages}


def _listed_by_page(pages: Iterator[list[dict[str, Any]]], url: str) -> Iterator[RemoteFile]:
    top = len(url.split("://", 1)[1].rstrip("/")) + 1
    for page in pages:
        for details in page:
            if not details["name"].endswith("/"):
                yield _remote_file(f"{url}/{details['name'][top:]}", details["name"][top:], details)


def _listed_by_folder(system: Any, top: str, url: str) -> Iterator[RemoteFile]:
    folders = [top]
    while folders:
        folder = folders.pop()
        entries = system.ls(folder, detail=True)
        system.invalidate_cache()
        for details in entries:
            name = details["name"].rstrip("/")
            if name == folder.rstrip("/"):
                continue
            if details["type"] == "directory":
                folders.append(name)
            else:
                path = name[len(top.rstrip("/")) :].lstrip("/")
                yield _remote_file(f"{url}/{path}", path, details)


def _remote_file(location: str, path: str, details: dict[str, Any]) -> RemoteFile:
    """The file of an fsspec entry; each file system names its details in its own way."""
    times = (details.get(name) for name in ("LastModified", "last_modified", "updated", "mtime", "modified", "created"))
    size = details.get("size")
    return RemoteFile(
        location=location,
        path=path,
        size=int(size) if size is not None else None,
        mtime=next((found for stated in times if (found := _time_of(stated))), None),
        etag=_tag_of(details.get("ETag") or details.get("etag")),
    )


def _time_of(stated: Any) -> datetime | None:
    """A time as a server states it, in UTC; None where it cannot be read."""
    with suppress(ValueError, TypeError, OverflowError, OSError):
        if isinstance(stated, datetime):
            return stated.astimezone(UTC) if stated.tzinfo else stated.replace(tzinfo=UTC)
        if isinstance(stated, int | float):
            return datetime.fromtimestamp(stated, UTC)
        if isinstance(stated, str) and stated[:4].isdecimal():
            return _time_of(datetime.fromisoformat(stated))
        if isinstance(stated, str):
            return _time_of(parsedate_to_datetime(stated))
    return None


def _tag_of(stated: Any) -> str | None:
    return stated.strip('"') or None if isinstance(stated, str) else None


# --- errors -----------------------------------------------------------------------------------------------------------


class _RemoteStream(io.RawIOBase):
    """An fsspec file whose errors are OSErrors."""

    def __init__(self, file: Any, location: str) -> None:
        self._file = file
        self._location = location

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = _call(self._location, self._file.read, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        return bytes(_call(self._location, self._file.read))

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(_call(self._location, self._file.seek, offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


_SEEKABLE_HERE = (io.BytesIO, io.BufferedRandom)


def _call(location: str, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """The function's answer; tried again where the web did not answer. Raises OSError only."""
    wait = FIRST_WAIT_SECONDS
    for trial in range(TRIES):
        try:
            return function(*arguments, **options)
        except Exception as error:
            if trial + 1 == TRIES or not _may_pass(error):
                code, why, _ = _explain(location, error)
                raise OSError(code, why, shown_location(location)) from error
            time.sleep(wait)
            wait *= 4
    raise AssertionError


def _listing(location: str, function: Callable[[], T]) -> T:
    """As `_call`, for what the user has named: raises LocationError."""
    try:
        return _call(location, function)
    except OSError as error:
        raise _location_error(location, error.__cause__ or error) from error


def _location_error(location: str, error: BaseException) -> LocationError:
    code, why, remedy = _explain(location, error)
    return LocationError(f"'{shown_location(location)}': {why}: {remedy}", code)


def _may_pass(error: BaseException) -> bool:
    """Whether the web may answer the next time. Clients of stores try again by themselves."""
    kinds = _names_of(error)
    if "ClientResponseError" in kinds:
        return getattr(error, "status", 0) == 429 or getattr(error, "status", 0) >= 500
    return bool(kinds & {"ClientConnectionError", "ClientPayloadError", "FSTimeoutError"})


def _explain(location: str, error: BaseException) -> tuple[int, str, str]:
    """errno, reason and remedy, each in one line. By names of classes: their packages may not be installed."""
    scheme = scheme_of(location)
    said = " ".join(_URL_IN_TEXT.sub(lambda url: shown_location(url[0]), str(error)).split())[:SAID_CHARS]
    said = said or type(error).__name__
    kinds = _names_of(error)
    status = getattr(error, "status", None) if "ClientResponseError" in kinds else None
    credentials = CREDENTIALS_HELP.get("http" if scheme in WEB else scheme, "check the credentials")
    if status:
        said = f"the server answers {status} {getattr(error, 'message', '')}".rstrip()
    if status in (404, 410) or isinstance(error, FileNotFoundError):
        hint = "; patterns do not work on the web" if scheme in WEB and "*" in location else ""
        return errno.ENOENT, "there is nothing", f"check the name, and that the credentials may list it{hint}"
    if status in (401, 403) or isinstance(error, PermissionError):
        return errno.EACCES, f"access is denied ({said})", credentials
    if kinds & _CREDENTIAL_ERRORS:
        return errno.EACCES, f"there are no credentials ({said})", credentials
    if kinds & _NETWORK_ERRORS or isinstance(error, TimeoutError | ConnectionError):
        return errno.EHOSTUNREACH, f"cannot be reached ({said})", NETWORK_HELP.get(scheme, "check the network")
    code = error.errno if isinstance(error, OSError) and error.errno else errno.EIO
    return code, f"cannot be read ({said})", "check the name, or try again later"


_CREDENTIAL_ERRORS = frozenset(
    {
        "AuthenticationException",
        "CredentialRetrievalError",
        "DefaultCredentialsError",
        "NoCredentialsError",
        "PartialCredentialsError",
        "ProfileNotFound",
        "RefreshError",
        "TokenRetrievalError",
    }
)
_NETWORK_ERRORS = frozenset(
    {
        "ClientConnectionError",
        "ClientPayloadError",
        "ConnectTimeoutError",
        "EndpointConnectionError",
        "FSTimeoutError",
        "HTTPClientError",
        "TransportError",
        "gaierror",
    }
)


def _names_of(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}
