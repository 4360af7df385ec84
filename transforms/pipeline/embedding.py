"""Embeds each distinct word of a batch once: six of ten words of running text have stood before in their batch.

Comes in: a pipeline. It is changed in place: a layer around each embedding hands it only one of all equal words.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from transforms.pipeline.layers import Layer, find_word_networks, is_default_embedding, refuse_training

Features = NDArray[np.uint64]
Vectors = NDArray[np.float32]

_FACTORS = np.random.default_rng(7).integers(1, 2**63, size=64, dtype=np.uint64) | np.uint64(1)


def embed_distinct_words(nlp: Language) -> None:
    """Replaces the embeddings of all components that have spaCy's default one; others stay as they are."""
    for network in find_word_networks(nlp):
        if is_default_embedding(network.embed):
            network.model.replace_node(network.embed, _around(network.embed))


def _around(embed: Layer) -> Layer:
    return Layer("embed_distinct_words", _forward, layers=[embed], dims={"nO": embed.maybe_get_dim("nO")})


def _forward(model: Layer, docs: Sequence[Doc], is_train: bool) -> tuple[list[Vectors], Any]:
    embed = model.layers[0]
    if is_train or not docs:
        return embed(docs, is_train)
    extract, _, look_up, mix, _ = embed.layers
    features = extract.predict(docs)
    distinct, places = find_distinct(np.concatenate(features))
    vectors = mix.predict(look_up.predict(distinct))[places]
    return np.split(vectors, np.cumsum([len(rows) for rows in features])[:-1]), refuse_training


def find_distinct(rows: Features) -> tuple[Features, NDArray[np.intp]]:
    """The distinct rows, and the index of each row among them."""
    # One number a row sorts many times as fast as the row.
    numbers = rows @ _FACTORS[: rows.shape[1]]
    _, first, places = np.unique(numbers, return_index=True, return_inverse=True)
    distinct = np.ascontiguousarray(rows[first])
    if not np.array_equal(distinct[places], rows):
        # Two rows share a number: they would have to be made for it.
        return rows, np.arange(len(rows))
    return distinct, places
