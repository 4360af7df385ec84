"""The texts that a benchmark runs on: a folder of the user's, or invented articles, as files for newsmill."""

import json
import random
import shutil
from pathlib import Path

from tests.transforms.articles import invented_articles

SEED = 3


def write_corpus(folder: Path, source: Path | None, texts: int) -> None:
    """Puts `texts` files into the folder: a seeded choice of the source's *.txt, or invented articles."""
    folder.mkdir(parents=True)
    if source is None:
        for number, text in enumerate(invented_articles(texts, SEED)):
            (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")
        return
    paths = sorted(source.rglob("*.txt"))
    if not paths:
        raise SystemExit(f"no *.txt in {source}")
    for number, path in enumerate(random.Random(SEED).sample(paths, min(texts, len(paths)))):
        shutil.copy(path, folder / f"{number:06}-{path.name}")


def write_records(folder: Path, articles: int, seed: int = SEED) -> None:
    """Puts invented articles into files of 500 records; of all texts one in some thousand comes twice."""
    folder.mkdir(parents=True)
    texts = invented_articles(articles, seed)
    for start in range(0, articles, 500):
        lines = [json.dumps({"id": str(number), "text": texts[number]}) for number in range(start, len(texts))[:500]]
        (folder / f"{start:07}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
