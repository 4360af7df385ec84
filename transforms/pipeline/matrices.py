"""Matrix products by NumPy's OpenBLAS, which is two to three times as fast as the BLIS that thinc brings.

They are made in blocks of one size. A library chooses how it sums by the size of a matrix, so that without it the
last bit of a word's vector would depend on the other texts of its batch, and now and then so would an annotation.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from thinc.api import NumpyOps, get_current_ops, registry

OPS = "newsmill"

BLOCK_ROWS = 480
"""Rows of a block: a multiple of the tiles of all kernels, and what fits into a core's own cache with its weights."""

Matrix = NDArray[np.float32]


@registry.ops("newsmill.Ops.v1")
class BlockOps(NumpyOps):  # type: ignore[misc]
    """thinc's operations for the CPU, but for the product of matrices."""

    name = OPS

    def gemm(
        self, x: Matrix, y: Matrix, *, out: Matrix | None = None, trans1: bool = False, trans2: bool = False
    ) -> Matrix:
        """`x @ y` for two-dimensional arrays, each turned before where so told, written to `out` where there is one."""
        left, right = x.T if trans1 else x, y.T if trans2 else y
        if out is None:
            out = np.empty((left.shape[0], right.shape[1]), dtype=np.result_type(left, right))
        rows = left.shape[0]
        whole = rows - rows % BLOCK_ROWS
        for start in range(0, whole, BLOCK_ROWS):
            np.matmul(left[start : start + BLOCK_ROWS], right, out=out[start : start + BLOCK_ROWS])
        if whole < rows:
            last = np.zeros((BLOCK_ROWS, left.shape[1]), dtype=left.dtype)
            last[: rows - whole] = left[whole:]
            out[whole:] = (last @ right)[: rows - whole]
        return out


def has_faster_product() -> bool:
    """Whether NumPy brings OpenBLAS, and thinc would use its own BLIS: not Apple's Accelerate, nor a graphics card."""
    config: Any = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {}).get("name", "")
    return "openblas" in blas and type(get_current_ops()) is NumpyOps
