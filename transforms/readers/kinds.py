"""Which files are of no interest: by their names pictures, programs and office documents, and by their content.

Files whose names say nothing are told by their content, whatever they are called.
"""

import re

_SUFFIXES = """
    jpg jpeg png gif bmp tif tiff webp svg ico heic psd eps ai raw
    mp3 wav ogg flac m4a aac mp4 avi mov mkv webm wmv mpg mpeg
    pdf doc docx odt rtf xls xlsx ods ppt pptx odp epub mobi djvu
    css js mjs ts map scss less py pyc ipynb r sh bat ps1 c h cpp java class jar php rb go rs sql yaml yml toml
    ini cfg conf lock log exe dll so dylib bin dat pkl pickle npy npz h5 hdf5 db sqlite sqlite3 duckdb mdb
    ttf otf woff woff2 eot md5 sha1 sha256 sha512 sig asc torrent idx cdx cdxj wat swp bak part tmp crdownload
"""
OTHER_KINDS: frozenset[str] = frozenset(f".{suffix}" for suffix in _SUFFIXES.split())
"""Suffixes of files that are passed over in folders and archives, and counted."""

_OTHER_NAMES = frozenset({"thumbs.db", "desktop.ini", "robots.txt"})
_COMPRESSED = (".gz", ".bz2", ".xz", ".lzma", ".zst", ".zstd")
_HIDDEN = re.compile(r"(?:^|/)(?:\.[^/]|__macosx(?:/|$))")

_CONTENT = re.compile(
    rb"(?P<pdf>%PDF-)|(?P<postscript>%!PS)|(?P<rtf>\{\\rtf)|(?P<png>\x89PNG\r\n)|(?P<jpeg>\xff\xd8\xff)"
    rb"|(?P<gif>GIF8[79]a)|(?P<tiff>II\*\x00|MM\x00\*)|(?P<riff>RIFF.{4}(?:WAVE|AVI |WEBP))|(?P<mp4>\x00\x00\x00.ftyp)"
    rb"|(?P<mp3>ID3[\x02-\x04])|(?P<ogg>OggS\x00)|(?P<flac>fLaC\x00)|(?P<matroska>\x1a\x45\xdf\xa3)"
    rb"|(?P<office>PK\x03\x04.{26}(?:mimetype|\[Content_Types\]\.xml|_rels/)|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1)"
    rb"|(?P<java>PK\x03\x04.{26}META-INF/)|(?P<program>\x7fELF|MZ[\x90\x00]\x00|\xca\xfe\xba\xbe)"
    rb"|(?P<sqlite>SQLite format 3\x00)|(?P<hdf>\x89HDF\r\n)|(?P<numpy>\x93NUMPY)|(?P<avro>Obj\x01)"
    rb"|(?P<arrow>ARROW1\x00\x00)|(?P<sevenzip>7z\xbc\xaf\x27\x1c)|(?P<rar>Rar!\x1a\x07)|(?P<lz4>\x04\x22\x4d\x18)"
    rb"|(?P<compress>\x1f[\x9d\xa0])|(?P<lzip>LZIP[\x00\x01])|(?P<cabinet>MSCF\x00\x00\x00\x00)|(?P<ar>!<arch>\n)"
    rb"|(?P<pgp>-----BEGIN PGP (?:MESSAGE|PUBLIC|SIGNATURE))",
    re.DOTALL,
)
_KINDS = {
    "pdf": "a PDF",
    "postscript": "a PostScript document",
    "rtf": "an RTF document",
    "png": "a PNG image",
    "jpeg": "a JPEG image",
    "gif": "a GIF image",
    "tiff": "a TIFF image",
    "riff": "a sound, film or image",
    "mp4": "a film",
    "mp3": "a sound",
    "ogg": "a sound or film",
    "flac": "a sound",
    "matroska": "a film",
    "office": "an office document or e-book",
    "java": "a Java archive",
    "program": "a program",
    "sqlite": "an SQLite database",
    "hdf": "HDF5 data",
    "numpy": "a NumPy array",
    "avro": "an Avro file",
    "arrow": "an Arrow file",
    "sevenzip": "a 7-Zip archive",
    "rar": "a RAR archive",
    "lz4": "LZ4 data",
    "compress": "data of Unix compress",
    "lzip": "lzip data",
    "cabinet": "a cabinet archive",
    "ar": "a Unix library",
    "pgp": "PGP data",
}


def is_of_other_kind(name: str) -> bool:
    """Whether a file found in a folder or archive is passed over: by suffix, or because it is hidden."""
    name = name.lower()
    if _HIDDEN.search(name):
        return True
    base = name.rpartition("/")[2]
    for suffix in _COMPRESSED:
        base = base.removesuffix(suffix)
    stem, dot, suffix = base.rpartition(".")
    return (bool(stem) and dot + suffix in OTHER_KINDS) or base in _OTHER_NAMES


def kind_of_content(head: bytes) -> str | None:
    """What a file is that begins so, in words ('a PDF'); None where it may be something that is read."""
    found = _CONTENT.match(head)
    return _KINDS[found.lastgroup] if found and found.lastgroup else None
