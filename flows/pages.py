"""Commands that write pages: dashboard, show.

Comes in: options. Goes out: a file of HTML that needs no network, and a line that names it.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.options import Warehouse, read_settings

Since = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Only articles of that day or later.", show_default=False),
]
Until = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], metavar="DATE", help="Only articles of that day or earlier.", show_default=False
    ),
]


def dashboard(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR|FILE.html", help="Where to write it.")] = Path(
        "dashboard.html"
    ),
    since: Since = None,
    until: Until = None,
    title: Annotated[str, typer.Option(metavar="TEXT", help="Heading of the page.")] = "Newsmill",
    warehouse: Warehouse = None,
) -> None:
    """Write a page of charts, tables and passages: one file that needs no network."""
    from warehouse.catalog import connect
    from warehouse.pages import write_dashboard

    with connect(read_settings(warehouse=warehouse).warehouse) as connection:
        page = write_dashboard(
            connection,
            output,
            since=since.date() if since else None,
            until=until.date() if until else None,
            title=title,
        )
    _tell(page)


def show(
    article: Annotated[
        str, typer.Argument(metavar="ARTICLE", help="Its article_id (or how that begins), source_uri or url.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.html", help="Where to write it.")] = Path(
        "article.html"
    ),
    warehouse: Warehouse = None,
) -> None:
    """Write a page of one article: its text with names, quotes and events marked, and their rows beside it."""
    from warehouse.catalog import connect
    from warehouse.pages import write_article

    with connect(read_settings(warehouse=warehouse).warehouse) as connection:
        page = write_article(connection, article, output)
    _tell(page)


def _tell(page: Path) -> None:
    typer.echo(f"{page}  {page.stat().st_size / 1000:,.0f} kB")
