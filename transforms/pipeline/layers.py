"""Finds the layers of a pipeline's networks that can be replaced.

Comes in: a loaded pipeline. Goes out: its networks that embed and encode words, where they are of the kind that spaCy
trains by default: hash embeddings, mixed by one layer, and then convolutions over the neighbouring words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from spacy.language import Language
from thinc.api import Model

Layer: TypeAlias = Model[Any, Any]

_MIX = r"with_array\(maxout>>layernorm>>dropout\)"
_EMBED = re.compile(rf"extract_features>>list2ragged>>with_array\((ints-getitem>>hashembed\|?)+\)>>{_MIX}>>ragged2list")
_ENCODE = re.compile(r"with_array\((residual\(expand_window>>maxout>>layernorm>>dropout\)(>>)?)+\)")


@dataclass(slots=True, frozen=True)
class WordNetwork:
    """A network in which `embed` and `encode` stand one behind the other. `model` is what they are a part of."""

    model: Layer
    embed: Layer
    encode: Layer


def find_word_networks(nlp: Language) -> Iterator[WordNetwork]:
    """The networks of all components that run, where they have not been replaced yet."""
    for _, component in nlp.pipeline:
        model = getattr(component, "model", None)
        if not isinstance(model, Model):
            continue
        for node in list(model.walk()):
            if not (node.has_ref("embed") and node.has_ref("encode")):
                continue
            embed, encode = node.get_ref("embed"), node.get_ref("encode")
            if is_default_embedding(embed) or is_default_encoder(encode):
                yield WordNetwork(model, embed, encode)


def is_default_embedding(layer: Layer) -> bool:
    """Whether it is spaCy's MultiHashEmbed without static vectors."""
    return _EMBED.fullmatch(layer.name) is not None


def is_default_encoder(layer: Layer) -> bool:
    """Whether it is spaCy's MaxoutWindowEncoder, where a word sees one neighbour on each side in each layer."""
    if not _ENCODE.fullmatch(layer.name):
        return False
    windows = [node.attrs["window_size"] for node in layer.walk() if node.name == "expand_window"]
    return set(windows) == {1} and layer.attrs["pad"] == len(windows)


def refuse_training(_: Any) -> Any:
    """What a layer that predicted answers to who would train it by that."""
    raise ValueError("this layer was called to predict, and cannot learn from that")
