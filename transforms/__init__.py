"""Text to rows: pure functions and dataclasses. Knows language; knows neither Prefect nor DuckDB."""
