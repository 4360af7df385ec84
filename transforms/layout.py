"""The layout of plain text: which line breaks end a sentence, and which line is the headline.

Comes in: the text of an article with plain line breaks and blanks (`transforms.cleaning`). Goes out: text in which a
line break always ends a sentence (lines that were wrapped at a margin, or broken inside a sentence, are whole again),
and its title. Paragraphs, headings, list items and rows of tables keep their own lines.

The evidence for joining two lines is of two kinds. The whole text tells whether it was wrapped at a margin: then a
line that had no room for the next word goes on. Each break by itself tells whether a sentence can end there: the
word lists for that are `seeds/line_words.csv`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate, pairwise

from transforms.lexicon import read_seed

# Wire services and mail programs wrap at 60 to 80 columns; newspaper columns go down to 25, wide terminals up to 132.
_NARROWEST, _WIDEST = 25, 160
# Lines wrapped by hand end up to this many columns before the margin, though the next word had room.
_RAGGED = 8
# A margin is believed when it explains this share of the breaks that certainly stand inside a sentence.
_EXPLAINED = 0.8
# A heading or a list item is rarely longer; a sentence of news has 130 characters in the mean.
_SHORT = 40
# Fewer lines may be short paragraphs that begin with small letters by chance.
_FEWEST_DOUBLE_SPACED = 5
_LONGEST_TITLE = 150
_LONGEST_TITLE_SENTENCE = 110

_CLOSERS = "\"'”’“»)]}*"
_OPENERS = "\"'“‘«([{"
_SENTENCE_ENDS = ".!?…。！？।॥؟۔։።"
_THIN_BLANKS = " \u2009\u200a\u200b"
_DASHES = "-–—"
# How the halves of a divided word are joined; no text holds this character.
_DROP_HYPHEN = "\0"

_LIST_MARKER = re.compile(r"(?:[-–—*•·‣▪●◦+]|--|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})\)|\d{1,3}[.:])\s+\S")
_DASH_MARKER = re.compile(r"[-–—]+\s")
# The head of a mail, as in "Subject: the bridge", or of a speech, as in "ADA COLE: We shall see."
_FIELD = re.compile(r"(?:[A-Z][A-Za-z]*(?:-[A-Z][A-Za-z]+)*|[A-Z][A-Z .'-]{1,40}):(?:\s|$)")
_RULE_OR_QUOTE = re.compile(r">|\|[^|]*\||<[/!a-zA-Z]|[-=_*#~+ ]{3,}$")
# Lines that were filled up with blanks to the margin have gaps of two and three.
_COLUMN_GAP = re.compile(r"(?<![.!?:;\"'”’)\s])(?:\s{4,}(?=\S)|\s{3}\S.*\S\s{3}\S)|\.{4,}|\. \. \.")
_NUMBER = re.compile(r"[-+(]*[$£€#]?\d[\d.,:/'%-]*[)%a-z]{0,2}[-+]?$|[-–+/]$")
_TAILING_MARK = re.compile(r"[,;:)\]”](?:\s|$)|[.?!](?:[\"'”’)]*\s|$)")
_BROKEN_WORD = re.compile(r"\w-$")
_DATE_LINE = re.compile(r"\b\d{4}-\d\d-\d\d\W*$|^(?:\w+day,? )?(?:\w+\.? \d{1,2},?|\d{1,2}\.? \w+\.?,?) \d{4}\W*$")
# "By Ada Cole and Bo Reed, Staff Writers", but not "By Tuesday the water had reached the bridge"
_BYLINE = re.compile(r"(?:By|BY|by|From)\s+[A-Z][\w.'-]*(?:(?:,| and|) [A-Z][\w.'-]*){0,6}(?:, [\w ,]{0,60})?$")
_IN_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]][.:]?$")
_POSSESSIVE = re.compile(r"\w(?:['’]s|s['’])$")
# As in "LONDON, Aug 12 (Reuters) - The ...", or "PARIS — A court ..."
_DATELINE_OPENING = re.compile(
    r"[A-Z][A-Z.' -]+(?:, ?[\w.' ]{1,30}){0,3}(?:\s?\([A-Z][\w .]{1,20}\))?(?:\s(?:--?|–)\s|--|\s?[—_]\s?)[\"“‘]?"
    r"(?:[A-Z][\w'’]*[a-z]|(?:A|I|[A-Z]+) [a-z])"
)


# -- lines ------------------------------------------------------------------------------------------------------------


@cache
def _words(kind: str) -> frozenset[str]:
    """The words of one kind of `seeds/line_words.csv`, in small letters and without the period of abbreviations.

    open: ends no sentence. opener: begins a sentence where it has a capital. title: stands before a name.
    abbreviation: its period ends no sentence by itself; numbered: the same before a number. verb: a line with it is
    running text. compound: keeps the hyphen at the margin. suspended: follows 'short-' of 'short- and long-term'.
    field: heads a line of a mail. lede: stands in first sentences and not in headlines.
    """
    return frozenset(row["word"] for row in read_seed("line_words") if row["kind"] == kind)


@dataclass(slots=True)
class _Line:
    """A line and what it shows of its layout. `width` counts the columns up to its last character."""

    text: str
    indent: int
    ends_sentence: bool
    starts_lower: bool
    is_row: bool

    @property
    def width(self) -> int:
        return self.indent + len(self.text)

    @property
    def first_word(self) -> str:
        """'Cole' of 'Cole, who chairs the board'."""
        return self.text[:80].split(None, 1)[0]

    @property
    def last_word(self) -> str:
        """'(Sen.' of 'a bill of its author (Sen.'."""
        return self.text[-80:].rsplit(None, 1)[-1]


def _read_line(text: str) -> _Line:
    body = text.strip()
    opening = body.lstrip(_OPENERS)[:1] if body[:1] in _OPENERS else body[:1]
    return _Line(body, len(text) - len(text.lstrip()), _ends_sentence(body), opening.islower(), _is_row(body))


def _ends_sentence(body: str) -> bool:
    """Whether the line ends with the mark of a sentence's end, before closing quotation marks or brackets."""
    if not body:
        return True
    bare = body[-12:].rstrip(_CLOSERS + _THIN_BLANKS)
    return bare[-1:] in _SENTENCE_ENDS if bare else False


def _is_row(body: str) -> bool:
    """Whether it is a row of a table, a rule, a mark-up line or a quoted line of mail, which stands for itself."""
    if not body or len(body) > _WIDEST:
        return False
    if _RULE_OR_QUOTE.match(body) or _COLUMN_GAP.search(body) or body[-1] in "{}":
        return True
    tokens = body.split()
    numbers = sum(1 for token in tokens if _NUMBER.match(token))
    # '15% by 2009.' is the end of a sentence
    return numbers >= 2 and numbers * (1.4 if _ends_sentence(body) else 2) >= len(tokens)


def _bare(word: str) -> str:
    """The word without marks around it, as the word lists have it: 'sen' of '(Sen.'."""
    return word.strip(_OPENERS + _CLOSERS + ".,;:!?…").lower()


# -- the layout of the whole text -------------------------------------------------------------------------------------


@dataclass(slots=True, frozen=True)
class _Margin:
    """Where the lines were wrapped: at `width` columns, by hand up to `slack` columns before it."""

    width: int
    slack: int
    indents_paragraphs: bool

    def has_no_room(self, line: _Line, following: _Line) -> bool:
        """Whether the following line's first word would not have fitted on the line."""
        return line.width + 1 + len(following.first_word) + self.slack > self.width


def _find_margin(lines: list[_Line]) -> _Margin | None:
    """The margin of a text that was wrapped, from the breaks that stand in the middle of a sentence.

    Each of them says that the margin is not before the end of its line, and before the end of the next word, had it
    stood on the line too. The column on which most of them agree is the margin. None where they do not agree, as in
    texts that have one sentence or one paragraph a line.
    """
    pairs = [(a, b) for a, b in pairwise(lines) if a.text and b.text]
    pairs = [(a, b) for a, b in pairs if not a.is_row and not b.is_row]
    in_capitals = _is_in_capitals(line.text for line in lines)
    inner = [(a, b) for a, b in pairs if not a.ends_sentence and (in_capitals or b.starts_lower)]
    inner = [(a, b) for a, b in inner if _NARROWEST <= a.width <= _WIDEST]
    if len(inner) < 2 or len(inner) < 0.25 * len(pairs):
        return None
    for slack in (0, _RAGGED):
        ranges = [(a.width, a.width + len(b.first_word) + slack) for a, b in inner]
        first, last, explained = _most_common_columns(ranges)
        width = max((a.width for a, _ in pairs if first <= a.width <= last), default=first)
        longer = sum(1 for a, _ in pairs if a.width > width)
        if explained >= _EXPLAINED * len(inner) and longer <= 0.1 * len(pairs):
            return _Margin(width, slack, _indents_paragraphs(lines))
    return None


def _is_in_capitals(texts: Iterable[str]) -> bool:
    """Whether it is an old wire in capitals, where a line that goes on does not begin with a small letter."""
    has_capitals = False
    for text in texts:
        if text.upper() != text:
            return False
        has_capitals = has_capitals or text.lower() != text
    return has_capitals


def _most_common_columns(ranges: list[tuple[int, int]]) -> tuple[int, int, int]:
    """The stretch of columns that lies in most of the ranges (both ends included), and in how many."""
    steps = Counter[int]()
    for first, last in ranges:
        steps[first] += 1
        steps[last + 1] -= 1
    columns = sorted(steps)
    depths = list(accumulate(steps[column] for column in columns))
    deepest = max(range(len(depths)), key=depths.__getitem__)
    return columns[deepest], columns[deepest + 1] - 1, depths[deepest]


def _indents_paragraphs(lines: list[_Line]) -> bool:
    """Whether an indented line opens a paragraph: some lines are, most are not, and no blank line does that work."""
    filled = [line for line in lines if line.text]
    opening = sum(1 for a, b in pairwise(filled) if b.indent > a.indent and a.ends_sentence)
    indented = sum(1 for line in filled if line.indent)
    return opening >= 1 and indented <= 0.6 * len(filled)


# -- the breaks -------------------------------------------------------------------------------------------------------


@dataclass
class _Page:
    """The lines of a text with what is known of them as a whole."""

    lines: list[_Line]
    margin: _Margin | None
    headline: int = field(init=False)

    def __post_init__(self) -> None:
        self.headline = next((no for no, line in enumerate(self.lines) if line.text), 0)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All words of the text in lower case, compounds with their hyphens."""
        return frozenset(_bare(word) for line in self.lines for word in line.text.split())

    @cached_property
    def names(self) -> frozenset[tuple[str, str]]:
        """The pairs of neighbouring capitalised words that stand on one line: ('ada', 'cole')."""
        pairs = set[tuple[str, str]]()
        for line in self.lines:
            tokens = line.text.split()
            capital = [token[:1].isupper() for token in tokens]
            for no in range(len(tokens) - 1):
                if capital[no] and capital[no + 1]:
                    pairs.add((_bare(tokens[no]), _bare(tokens[no + 1])))
        return frozenset(pairs)

    @cached_property
    def listed(self) -> frozenset[int]:
        """The numbers of the lines that follow a colon in small letters: 'The council agreed on:', 'a new bridge'."""
        found = set[int]()
        for no, (a, b) in enumerate(pairwise(self.lines)):
            if b.starts_lower and not a.ends_sentence and (no in found or a.text.endswith(":")):
                found.add(no + 1)
        return frozenset(found)

    @cached_property
    def has_headings(self) -> bool:
        """Whether a line without an end stands before a line that begins a sentence: 'Star turn', 'The mayor ...'."""
        below = self.lines[self.headline + 3 :]
        return any(
            bool(a.text and b.text) and not a.ends_sentence and a.text[-1] not in ",:;" and not _ends_open(a)
            and not a.is_row and _starts_with_opener(b)
            for a, b in pairwise(below)
        )  # fmt: skip


def unwrap_lines(text: str) -> str:
    """TEXT with the lines joined that a margin, or an accident, broke in the middle of a sentence.

    Blank lines stay. No character is lost but white space and the hyphen of a word that was divided at the margin.
    Unwrapping again changes nothing.
    """
    # One pass is nearly always enough, but joined lines are new evidence. Each pass that changes the text makes it
    # shorter or has fewer breaks, so this ends.
    while (unwrapped := _unwrap_once(text)) != text:
        text = unwrapped
    return text


def _unwrap_once(text: str) -> str:
    raw = text.split("\n")
    if _has_neighbours(raw):
        lines = [_read_line(line) for line in raw]
        return "".join(_write(_Page(lines, _find_margin(lines)), raw))
    # Nothing but single lines between blank ones: paragraphs, or the lines of a text that is double-spaced.
    single = [line for line in raw if line and not line.isspace()]
    lines = [_read_line(line) for line in single]
    margin = _find_margin(lines) if len(single) >= _FEWEST_DOUBLE_SPACED else None
    return "".join(_write(_Page(lines, margin), single)).replace("\n", "\n\n") if margin else text


def _has_neighbours(raw: list[str]) -> bool:
    return any(a and b and not a.isspace() and not b.isspace() for a, b in pairwise(raw))


def _write(page: _Page, raw: list[str]) -> Iterator[str]:
    """The pieces of the text. An indent goes where all it said was that a paragraph begins."""
    drops_indents = page.margin is not None and page.margin.indents_paragraphs
    joints = _find_joints(page)
    for no, (line, joint) in enumerate(zip(page.lines, joints, strict=True)):
        continues = no > 0 and joints[no - 1] is not None
        body = line.text if continues or (drops_indents and not line.is_row) else raw[no].rstrip()
        yield body[:-1] if joint == _DROP_HYPHEN else body
        if joint is not None:
            yield joint.removeprefix(_DROP_HYPHEN)
        elif no + 1 < len(raw):
            yield "\n"


def _find_joints(page: _Page) -> list[str | None]:
    """For each line what joins it to the next: None (its break stays), a blank, nothing, or `_DROP_HYPHEN`.

    From the end, as a line that goes on itself is better evidence that the line before it does.
    """
    joints: list[str | None] = [None] * len(page.lines)
    for no in range(len(page.lines) - 2, -1, -1):
        a, b = page.lines[no], page.lines[no + 1]
        if a.text and b.text:
            joints[no] = _find_joint(page, no, b.ends_sentence or joints[no + 1] is not None)
    return joints


def _find_joint(page: _Page, no: int, ends_well: bool) -> str | None:
    """What joins the line to the next. `ends_well`: the next line ends its sentence, or goes on in turn."""
    a, b = page.lines[no], page.lines[no + 1]
    if a.is_row or b.is_row or (_FIELD.match(b.text) and _FIELD.match(a.text)):
        return None
    if not a.ends_sentence and _TAILING_MARK.match(b.text) and len(a.text.split(None, 4)) >= 4:
        return ""  # "... strikes in Syria\n. Near Ar Raqqah": the source had a link there
    wrapped = page.margin is not None and _is_wrapped(page.margin, a, b)
    if _opens_list_item(page, no, wrapped):
        return None
    if _BROKEN_WORD.search(a.text) and b.text[0].isalnum():
        return _join_broken_word(page, no)
    if wrapped or (_goes_on(page, no) if a.ends_sentence else _is_cut(page, no, ends_well)):
        return " " if a.text[-1] not in "([{“‘«" else ""
    return None


# -- wrapped lines ----------------------------------------------------------------------------------------------------


def _is_wrapped(margin: _Margin, a: _Line, b: _Line) -> bool:
    """Whether the line ends where it does because it met the margin."""
    if not margin.width / 2 <= a.width <= margin.width + margin.slack or not margin.has_no_room(a, b):
        return False
    if a.ends_sentence and _FIELD.match(b.text):
        return False
    opens_paragraph = margin.indents_paragraphs and b.indent > 0 and not (a.indent > b.indent)
    return not opens_paragraph or (not a.ends_sentence and b.starts_lower)


def _opens_list_item(page: _Page, no: int, wrapped: bool) -> bool:
    """Whether the next line begins with a bullet or a number.

    In a sentence, a dash that no other follows may open an aside, and at a margin a number end it: 'at the age of' +
    '24. He ...'.
    """
    a, b = page.lines[no], page.lines[no + 1]
    near = page.lines[max(no - 2, 0) : no + 1] + page.lines[no + 2 : no + 5]
    marker = _LIST_MARKER.match(b.text)
    if not marker:
        return False
    is_aside = _DASH_MARKER.match(b.text) or (wrapped and b.text[0].isdigit())
    if a.ends_sentence or not is_aside or any(_LIST_MARKER.match(line.text) for line in near):
        return True
    return not wrapped and not (marker.group()[-1].islower() and len(a.text.split(None, 4)) >= 4)


def _join_broken_word(page: _Page, no: int) -> str | None:
    """Joins a line that ends with a hyphen: 'govern-' + 'ment', 'African-' + 'American', 'short-' + 'and long'."""
    a, b = page.lines[no], page.lines[no + 1]
    if not b.starts_lower:
        return "" if len(a.text.split()) >= 4 else None
    left, right = _bare(a.last_word).rstrip("-"), _bare(b.first_word)
    if right in _words("suspended"):
        return " "
    margin = page.margin
    if margin is None or not a.width + len(b.first_word) + margin.slack > margin.width:
        return ""
    is_compound = f"{left}-{right}" in page.vocabulary or (
        left + right not in page.vocabulary
        and ("-" in left or not left.isalpha() or left in _words("compound") or right in _words("compound"))
    )
    return "" if is_compound else _DROP_HYPHEN


# -- sentences cut at any place ---------------------------------------------------------------------------------------


def _goes_on(page: _Page, no: int) -> bool:
    """Whether the sentence goes on though the line ends with a period or another mark of a sentence's end."""
    a, b = page.lines[no], page.lines[no + 1]
    if not a.text.endswith("."):
        # '"Whose peace is this?"' + 'asked Ada Cole'; 'It is not easy ...' + 'but he knows.'
        return b.starts_lower and b.text[:2].islower()
    if a.text.endswith(".."):
        return b.starts_lower
    last, first = _bare(a.last_word), b.first_word
    if b.starts_lower:
        return last in _words("abbreviation") or last in _words("title")
    if first[0].isdigit():
        return last in _words("numbered")
    # 'the bill of Sen.' + 'Ada Cole'; 'the writer J.' + 'B. Cole'. Not 'the title of Mr.' + 'The council ...'
    is_initial = len(last) == 1 and last.isalpha() and a.last_word.lstrip(_OPENERS)[0].isupper()
    is_title = last in _words("title") and last in _words("abbreviation")
    # 'at the U.S.' + 'Open.', where 'U.S. Open' stands elsewhere
    is_known = last in _words("abbreviation") and (last, _bare(first)) in page.names
    return (is_title or is_known or (is_initial and a.text != a.last_word)) and _starts_with_name(b)


def _is_cut(page: _Page, no: int, ends_well: bool) -> bool:
    """Whether the line, which has no mark of a sentence's end, ends in the middle of a sentence."""
    a, b = page.lines[no], page.lines[no + 1]
    if a.text[-1] in ";:" or _DATE_LINE.search(a.text) or _IN_BRACKETS.match(b.text):
        return False
    length = len(a.text.split())
    if b.starts_lower:
        return _ends_open(a) or not _is_list_of_words(page, no)
    if _DASH_MARKER.match(b.text):
        return True
    if _BYLINE.match(a.text) or _BYLINE.match(b.text) or _FIELD.match(b.text):
        return False
    if _starts_with_opener(b):
        # "The" is not written with a capital inside a sentence, but in a name: 'in an interview with' + 'The Herald'
        return _ends_open(a) and length >= 8 and ends_well
    if a.text.rstrip(_CLOSERS + " ").endswith(",") or a.text[-1] in _DASHES:
        return length >= 4 or _starts_with_opener(a)
    if _ends_open(a):
        return length >= 3 or ends_well
    return ends_well and (_is_cut_after_title(page, no) or _is_cut_at_name(page, no))


def _ends_open(line: _Line) -> bool:
    """Whether it ends with a word that ends no sentence. Not '(and how she would do it)', nor 'Price range N / A'."""
    last = line.last_word.lstrip(_OPENERS)
    return last.lower() in _words("open") and last != "A"


def _is_cut_after_title(page: _Page, no: int) -> bool:
    """Whether a title and a name stand apart: 'On Tuesday the Mayor' + 'Ada Cole said'."""
    a, b = page.lines[no], page.lines[no + 1]
    if _bare(a.last_word) not in _words("title") or not _starts_with_name(b):
        return False
    # Not the headline 'Wolves appoint Cole as manager'.
    return no != page.headline or (_starts_with_opener(a) and a.last_word[0].isupper())


def _is_cut_at_name(page: _Page, no: int) -> bool:
    """Whether a sentence goes on with a name or a number: 'The mayor told Ada' + 'Cole, who ...'."""
    a, b = page.lines[no], page.lines[no + 1]
    words, last = a.text.split(), a.last_word
    if no == page.headline or page.margin is not None or last[-1].isdigit():
        return False
    if not b.text[0].isalnum() and (b.text[0] not in "($£€#" or b.text.startswith("((")):
        return False
    if _POSSESSIVE.search(last):
        return True
    before = page.lines[no - 1]
    follows_sentence = bool(before.text) and (before.ends_sentence or bool(_DATE_LINE.search(before.text)))
    ends_in_capital = last[0].isupper() and last[-1].isalpha()
    if ends_in_capital and (_bare(last), _bare(b.first_word)) in page.names and (len(words) >= 3 or follows_sentence):
        return True
    # 'On Tuesday' + 'Ada Cole said', but not the heading 'A long road' + 'Ada Cole said'
    opens_sentence = _starts_with_opener(a) and follows_sentence and (ends_in_capital or len(words) >= 5)
    if opens_sentence or any(word in _words("verb") for word in words[1:]):
        return True
    # Where no heading stands between the lines, what follows a sentence and has no end is the beginning of one.
    may_begin = follows_sentence or (no == page.headline + 1 and len(words) >= 4)
    return may_begin and (ends_in_capital or len(words) >= 6) and words[0][0].isupper() and not page.has_headings


def _is_list_of_words(page: _Page, no: int) -> bool:
    """Whether short lines in small letters follow each other, as the ingredients of a dish or the lines of a poem."""
    a, b = page.lines[no], page.lines[no + 1]
    if page.margin is not None:
        return False
    if no in page.listed and no + 1 in page.listed:
        return True
    if max(len(a.text), len(b.text)) >= _SHORT:
        return False
    after = page.lines[no + 2] if no + 2 < len(page.lines) else None
    return a.starts_lower or (after is not None and after.starts_lower and len(after.text) < _SHORT)


def _starts_with_opener(line: _Line) -> bool:
    """Whether it begins as only a sentence does: with 'The', 'But' or an opening quotation mark."""
    return line.first_word[0].isupper() and _bare(line.first_word) in _words("opener")


def _starts_with_name(line: _Line) -> bool:
    return line.first_word.lstrip(_OPENERS)[:1].isupper() and not _starts_with_opener(line)


# -- the title --------------------------------------------------------------------------------------------------------


def find_title(text: str) -> str | None:
    """The first line of a cleaned TEXT where it is a headline, else None. The line stays in the text."""
    head, _, rest = text.lstrip().partition("\n")
    title = head.strip()
    if not rest.strip() or not 0 < len(title) <= _LONGEST_TITLE or not _can_be_title(title):
        return None
    if _is_head_matter(rest):
        return title
    if not _ends_sentence(title) or title[-1] == "?":
        return title
    if _DATELINE_OPENING.match(title):
        return None
    if _is_in_capitals([title]) or _is_in_title_case(title):
        return title
    return title if rest.startswith("\n") and _may_be_headline(title, rest) else None


def _may_be_headline(sentence: str, rest: str) -> bool:
    """Whether a sentence on a line of its own is a headline, and no short first paragraph.

    Headlines are shorter than what follows, tell one thing, and in the present: 'says', not 'said'.
    """
    longest = _SHORT if _has_two_sentences(sentence) else _LONGEST_TITLE_SENTENCE
    below = [line for line in rest[: 4 * _LONGEST_TITLE].split("\n") if line][:3]
    tells_past = any(_bare(word) in _words("lede") for word in sentence.split())
    return len(sentence) <= longest and not tells_past and len(sentence) < max(map(len, below), default=0)


def _has_two_sentences(text: str) -> bool:
    """Whether a sentence ends within the line. Not in 'Rep. Cole to stand again.'"""
    words = text.split()
    return any(
        _ends_sentence(word) and after[0].isupper() and _bare(word) not in _words("title") | _words("abbreviation")
        for word, after in pairwise(words)
    )


def _can_be_title(line: str) -> bool:
    """Whether it has words of its own, and is no byline, date, list item, field or row of a table."""
    if len(line.split()) < 2 or not any(char.isalpha() for char in line) or line[-1] in ",:":
        return False
    if _FIELD.match(line) and line.split(":")[0].lower() in _words("field"):
        return False
    return not (_BYLINE.match(line) or _LIST_MARKER.match(line) or _DATE_LINE.search(line) or _is_row(line))


def _is_head_matter(rest: str) -> bool:
    """Whether a byline or a dateline of its own follows, which stand below a headline only."""
    below = [line for line in rest.lstrip().split("\n", 2)[:2] if len(line) < _SHORT]
    return any(_DATE_LINE.search(line) or _BYLINE.match(line) for line in below)


def _is_in_title_case(line: str) -> bool:
    """Whether nearly all longer words have capitals: 'Council Votes to Close the Old Bridge.'"""
    longer = [word.lstrip(_OPENERS) for word in line.split() if len(word) > 4]
    return len(longer) >= 3 and sum(1 for word in longer if not word[:1].islower()) >= 0.8 * len(longer)
