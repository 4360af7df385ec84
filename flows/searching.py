"""The command that searches articles and quotes: search.

Comes in: words and options. Goes out: what was found, on standard output or in a file. On a terminal the words that
were looked for are bold; in text that cannot be bold they stand in [brackets]; data (CSV, JSON, Parquet) has them bare.
"""

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from flows.options import Warehouse, read_settings, say
from flows.render import Format, format_of, plain, render, save
from flows.reporting import OutputFile, ReportFormat

if TYPE_CHECKING:
    import pyarrow as pa

_BOLD = ("\x02", "\x03")
_BRACKETS = ("[", "]")
_BARE = ("", "")
_DATA = {Format.CSV, Format.JSON, Format.PARQUET}
_MARKED = re.compile("\x02([^\x03]*)\x03")

Names = list[str] | None


def search(
    words: Annotated[
        list[str] | None,
        typer.Argument(help='All must be there; "an exact phrase"; one OR another; -without.', show_default=False),
    ] = None,
    quotes: Annotated[bool, typer.Option("--quotes", help="Search what was said, not whole articles.")] = False,
    speaker: Annotated[
        Names, typer.Option(metavar="NAME", help="Only where that person is quoted.", show_default=False)
    ] = None,
    entity: Annotated[
        Names, typer.Option(metavar="NAME", help="Only where that name is mentioned.", show_default=False)
    ] = None,
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="Only that outlet.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="First day of publication.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day of publication.")] = None,
    newest: Annotated[bool, typer.Option("--newest", help="The newest first, not the best.")] = False,
    limit: Annotated[int, typer.Option(min=1, metavar="ROWS", help="Rows at most.")] = 10,
    index: Annotated[bool, typer.Option("--index", help="First bring the index up to date, however long.")] = False,
    warehouse: Warehouse = None,
    form: ReportFormat = None,
    output: OutputFile = None,
) -> None:
    """Search articles or quotes by their words, the best first. docs/search.md says how words are written."""
    from warehouse import search as searches

    errors = Console(stderr=True)
    folder = read_settings(warehouse=warehouse).warehouse
    asked = (speaker or [], entity or [], outlet, since, until)
    if index:
        found = searches.update_index(folder, lambda line: say(errors, line))
        if not words and not any(asked):
            counts = f"{_counted(found.articles, 'article')} and {_counted(found.quotes, 'quote')}"
            say(errors, f"the search index holds {counts}, as of {found.time:%Y-%m-%d %H:%M}Z")
            return
    wanted = searches.make_wanted(" ".join(words or []), *asked, newest, limit)
    written = format_of(output, form)
    is_list = form is None and output is None
    out = Console()
    marks = _BARE if written in _DATA else _BOLD if is_list and out.is_terminal and out.color_system else _BRACKETS
    kind = "quotes" if quotes else "articles"
    answer, nothing = searches.search(folder, wanted, kind, marks, lambda line: say(errors, line))
    if output is not None:
        save(answer.rows, written, output, nothing=nothing)
    elif not is_list:
        render(answer.rows, written, out, nothing=nothing)
    elif not nothing:
        _print_list(answer.rows, out)
    if nothing and (is_list or output is not None or written in _DATA):
        say(errors, nothing)
    elif answer.total > answer.rows.num_rows and is_list:
        say(errors, f"{answer.rows.num_rows:,} of {answer.total:,} {kind}: --limit shows more")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _print_list(rows: "pa.Table", out: Console) -> None:
    """A paragraph for each row: headline or speaker, where it stands, and the words around those looked for."""
    wraps = out.is_terminal
    for number, row in enumerate(rows.to_pylist()):
        if number:
            out.print()
        for line in _paragraph(row):
            out.print(line, soft_wrap=not wraps, highlight=False)


def _paragraph(row: dict[str, Any]) -> list[Text]:
    where = "  ".join(filter(None, [plain(row["day"]) or "undated", plain(row["outlet"]), row["article_id"]]))
    if "quote" in row:
        head, passage = Text(plain(row["speaker"]) or "unknown speaker", "cyan"), f"“{row['quote']}”"
        return [head + Text(f"  {plain(row['title'])}", "dim"), _marked(passage), Text(where, "dim")]
    return [_marked(row["title"] or "untitled", "cyan"), _marked(row["snippet"] or ""), Text(where, "dim")]


def _marked(text: str, style: str = "") -> Text:
    """The text with bold where it is marked, and without what a terminal would obey."""
    marked = Text(style=style)
    for place, piece in enumerate(_MARKED.split(text)):
        shown = "".join(char for char in piece if char.isprintable())
        marked.append(shown, "bold" if place % 2 else None)
    return marked
