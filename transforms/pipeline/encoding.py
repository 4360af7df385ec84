"""Encodes words by their neighbours block by block, in memory that stays in the core's own cache.

Comes in: a pipeline. It is changed in place: a layer in front of each encoder computes what that one would, with its
weights, four layers of convolution at once over a block of words, where thinc makes new large arrays for each step.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language

from transforms.pipeline.layers import Layer, find_word_networks, is_default_encoder, refuse_training
from transforms.pipeline.matrices import BLOCK_ROWS

Vectors = NDArray[np.float32]

TOLERANCE = 1e-3
"""How far a component of a vector may be from that of the original on a trial; they are of the order of 1."""


EPSILON = np.float32(1e-8)
"""What thinc adds to a variance, so that it is never 0."""


@dataclass(slots=True, frozen=True)
class Convolution:
    """The weights of a layer: `weights` is (3 * width, pieces * width), the outputs of a piece side by side."""

    weights: Vectors
    bias: Vectors
    scale: Vectors
    shift: Vectors


class BlockEncoder:
    """Encodes texts. It keeps the arrays that it works in, so one thread at a time may use it."""

    def __init__(self, convolutions: Sequence[Convolution], width: int) -> None:
        self._convolutions = convolutions
        self._width = width
        # A word sees as many words to each side as there are layers: that many zeros stand between texts.
        self._reach = len(convolutions)
        self._pieces = len(convolutions[0].bias) // width
        self._block = np.zeros((BLOCK_ROWS, width), np.float32)
        self._windows = np.zeros((BLOCK_ROWS, 3 * width), np.float32)
        self._outputs = np.empty((BLOCK_ROWS, self._pieces * width), np.float32)
        self._best = np.empty((BLOCK_ROWS, width), np.float32)
        self._squares = np.empty((BLOCK_ROWS, width), np.float32)

    def encode(self, texts: Sequence[Vectors]) -> list[Vectors]:
        """The encoded words of each text, from their embeddings: arrays (words, width) of the same shapes."""
        row, width = self._reach, self._width
        rows = row + sum(len(text) + row for text in texts)
        embedded = np.zeros((rows, width), np.float32)
        places = []
        for text in texts:
            places.append(slice(row, row + len(text)))
            embedded[places[-1]] = text
            row += len(text) + self._reach
        encoded = np.zeros((rows, width), np.float32)
        for taken, kept, inner in self._blocks(rows):
            found = taken.stop - taken.start
            self._block[:found] = embedded[taken]
            self._block[found:] = 0
            self._encode_block()
            encoded[kept] = self._block[inner]
        return [encoded[place] for place in places]

    def _blocks(self, rows: int) -> Iterator[tuple[slice, slice, slice]]:
        """For each block the rows it takes, those of them that it is right for, and where these stand in the block."""
        reach = self._reach
        step = BLOCK_ROWS - 2 * reach
        for start in range(reach, rows - reach, step):
            stop = min(start + step, rows - reach)
            taken = slice(start - reach, min(start - reach + BLOCK_ROWS, rows))
            yield taken, slice(start, stop), slice(reach, reach + stop - start)

    def _encode_block(self) -> None:
        # In place, step for step what thinc's layers do; the last bits of the sums are those of NumPy's product.
        block, windows, outputs, best, width = self._block, self._windows, self._outputs, self._best, self._width
        for layer in self._convolutions:
            windows[1:, :width] = block[:-1]
            windows[:, width : 2 * width] = block
            windows[:-1, 2 * width :] = block[1:]
            np.dot(windows, layer.weights, out=outputs)
            outputs += layer.bias
            best[:] = outputs[:, :width]
            for piece in range(1, self._pieces):
                np.maximum(best, outputs[:, piece * width : (piece + 1) * width], out=best)
            best -= np.add.reduce(best, axis=1, keepdims=True) / np.float32(width)
            np.multiply(best, best, out=self._squares)
            variance = np.add.reduce(self._squares, axis=1, keepdims=True) / np.float32(width)
            best *= (variance + EPSILON) ** np.float32(-0.5)
            best *= layer.scale
            best += layer.shift
            block += best


def encode_in_blocks(nlp: Language) -> None:
    """Replaces the encoders of all components that have spaCy's default one; others stay as they are."""
    for network in find_word_networks(nlp):
        if not is_default_encoder(network.encode):
            continue
        faster = read_encoder(network.encode)
        if _is_same(network.encode, faster):
            network.model.replace_node(network.encode, _around(network.encode, faster))


def read_encoder(encode: Layer) -> BlockEncoder:
    """The same encoder, with the weights of this one."""
    convolutions = []
    for residual in encode.layers[0].layers:
        nodes: dict[str, Any] = {node.name: node for node in residual.walk()}
        maxout, norm = nodes["maxout"], nodes["layernorm"]
        weights = maxout.get_param("W")
        width, pieces, inputs = weights.shape
        by_piece = np.ascontiguousarray(weights.transpose(1, 0, 2)).reshape(pieces * width, inputs)
        bias = np.ascontiguousarray(maxout.get_param("b").T).reshape(-1)
        convolutions.append(Convolution(by_piece.T, bias, norm.get_param("G"), norm.get_param("b")))
    return BlockEncoder(convolutions, width)


def _is_same(encode: Layer, faster: BlockEncoder) -> bool:
    """Whether both answer the same on a trial: what nobody foresaw of a version or a model shows here."""
    random = np.random.default_rng(1)
    texts = [random.standard_normal((words, encode.get_dim("nO"))).astype(np.float32) for words in (1, 17, BLOCK_ROWS)]
    pairs = zip(encode.predict(texts), faster.encode(texts), strict=True)
    return all(np.allclose(mine, theirs, rtol=TOLERANCE, atol=TOLERANCE) for mine, theirs in pairs)


def _around(encode: Layer, faster: BlockEncoder) -> Layer:
    def forward(model: Layer, texts: Sequence[Vectors], is_train: bool) -> tuple[list[Vectors], Any]:
        if is_train:
            return model.layers[0](texts, is_train)
        return faster.encode(texts), refuse_training

    return Layer("encode_in_blocks", forward, layers=[encode], dims={"nO": encode.maybe_get_dim("nO")})
