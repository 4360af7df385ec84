"""An invented corpus with all that is hard to repeat: duplicates, identities that come twice, rejects, packed files.

Comes in: a folder and a seed. Goes out: a few hundred short records in files of several kinds, always the same for the
same seed. `revise` changes, adds and deletes some, as a second delivery would.
"""

import gzip
import json
import random
from pathlib import Path

NAMES = ["Ada Cole", "Bo Lund", "Ann Roe", "Ivo Marsh", "Lea Quist", "Tom Vane"]
ROLES = ["Mayor", "Governor", "Minister", "Professor"]
PLACES = ["Port Ellery", "Karvenia", "Tolmark", "Lindholm"]
SENTENCES = [
    '"We will open the bridge in May," {role} {name} said on Monday.',
    "{role} {name} said the river had destroyed {number} houses in {place}.",
    "{role} {name} met the farmers of {place} on Tuesday and promised them {number} million euros.",
    "Police arrested {number} people in {place} after a protest against {name}.",
    "{name} denied that the talks between {place} and its neighbours had failed.",
    "Workers in {place} went on strike, {name} told reporters.",
]


def write_corpus(folder: Path, seed: int = 1, records: int = 300) -> None:
    """Writes the files of the first delivery."""
    folder.mkdir(parents=True)
    chance = random.Random(seed)
    texts = [_text(chance) for _ in range(records * 3 // 4)]
    # A quarter of the records say what another says.
    texts += chance.choices(texts, k=records - len(texts))
    chance.shuffle(texts)
    number = file_no = 0
    while number < records:
        count = chance.choice([1, 1, 5, 20, 30])
        chunk = texts[number : number + count]
        name = f"{chance.choice('abcdef')}{file_no:03}"
        if count == 1:
            (folder / f"{name}.txt").write_text(chunk[0] + "\n", encoding="utf-8")
        else:
            _write_feed(folder / f"{name}.jsonl", chunk, chance, packed=chance.random() < 0.3)
        number += count
        file_no += 1
    (folder / "empty.txt").write_text(" \n", encoding="utf-8")
    (folder / "noise.txt").write_bytes(bytes(range(256)) * 4)


def revise(folder: Path, seed: int = 2) -> None:
    """Changes a third of the files, deletes a few and adds others."""
    chance = random.Random(seed)
    for path in sorted(folder.iterdir()):
        lot = chance.random()
        if lot < 0.1:
            path.unlink()
        elif lot < 0.4 and path.suffix == ".txt":
            path.write_text(_text(chance) + "\n", encoding="utf-8")
        elif lot < 0.4 and path.suffix == ".jsonl":
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            path.write_text("".join(lines[: len(lines) // 2] + lines[-1:]), encoding="utf-8")
    for number in range(5):
        _write_feed(folder / f"new{number}.jsonl", [_text(chance) for _ in range(8)], chance, packed=False)


def _text(chance: random.Random) -> str:
    words = {
        "role": chance.choice(ROLES),
        "name": chance.choice(NAMES),
        "place": chance.choice(PLACES),
        "number": chance.randint(2, 99),
    }
    return " ".join(sentence.format(**words) for sentence in chance.sample(SENTENCES, 2))


def _write_feed(path: Path, texts: list[str], chance: random.Random, *, packed: bool) -> None:
    lines = []
    for text in texts:
        record = {"text": text, "date": f"2026-{chance.randint(1, 9):02}-{chance.randint(1, 28):02}"}
        # Identities of a small range come again in other files.
        if chance.random() < 0.5:
            record["id"] = str(chance.randint(1, 150))
        lines.append(json.dumps(record) + "\n")
    if chance.random() < 0.3:
        lines.insert(chance.randrange(len(lines)), '{"text": "cut o\n')
    data = "".join(lines).encode()
    if packed:
        path.with_suffix(".jsonl.gz").write_bytes(gzip.compress(data, mtime=0))
    else:
        path.write_bytes(data)
