"""Tables, transactions, views and reports: Parquet under DuckLake. Knows storage; knows neither Prefect nor language.

`from warehouse import connect` gives analysts a read-only DuckDB connection in which the tables and views stand.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warehouse.catalog import connect

__all__ = ["connect"]


def __getattr__(name: str) -> Any:
    # Worker processes import this package for staging alone and should not pay for DuckDB.
    if name == "connect":
        from warehouse.catalog import connect

        return connect
    raise AttributeError(name)
