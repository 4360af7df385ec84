"""spaCy pipelines, made faster and not different: the same annotations for every token of every text.

Comes in: the folder of an installed pipeline. Goes out: the pipeline, in which some parts are replaced by faster ones
that answer the same. Each part is replaced where it is exactly what its replacement knows, and left alone otherwise:
with another version of spaCy or thinc, with another kind of component, on a graphics card.
"""

from collections.abc import Collection
from contextlib import nullcontext
from pathlib import Path

import spacy
import spacy.about
import thinc.about
from spacy.language import Language
from thinc.api import use_ops

from transforms.pipeline.attributes import look_attributes_up
from transforms.pipeline.embedding import embed_distinct_words
from transforms.pipeline.encoding import encode_in_blocks
from transforms.pipeline.lemmas import remember_lemmas
from transforms.pipeline.matrices import OPS, has_faster_product

KNOWN_VERSIONS = {("3.8.7", "8.3.6")}
"""Versions of spaCy and thinc with which the replacements were compared with what they replace."""


GAINS = ("matrices", "embedding", "encoding", "attributes", "lemmas")
"""What can be replaced, in the order in which it is; each is a module here."""


def load_pipeline(location: Path, gains: Collection[str] = GAINS) -> Language:
    """The pipeline in the folder, with these gains where they apply; with none of them it is as spaCy loads it."""
    wanted = set(gains) if is_known_version() else set()
    is_faster = "matrices" in wanted and has_faster_product()
    with use_ops(OPS) if is_faster else nullcontext():
        nlp = spacy.load(location)
    if "embedding" in wanted:
        embed_distinct_words(nlp)
    if "encoding" in wanted and is_faster:
        encode_in_blocks(nlp)
    if "attributes" in wanted:
        look_attributes_up(nlp)
    if "lemmas" in wanted:
        remember_lemmas(nlp)
    return nlp


def is_known_version() -> bool:
    """Whether the spaCy and thinc that run are those that the replacements know."""
    return (spacy.about.__version__, thinc.about.__version__) in KNOWN_VERSIONS
