"""Unwrapping plain text, and finding its headline. All texts are invented."""

import re
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.cleaning import clean_text
from transforms.layout import find_title, unwrap_lines
from transforms.lexicon import read_seed

PARAGRAPHS = [
    "The council of Oakfield voted on Tuesday to close the old iron bridge for eighteen months, after engineers found "
    "cracks in two of its piers. Mayor Ada Cole said the decision had been the hardest of her term.",
    "Shopkeepers on the eastern bank fear for their trade. They say that nobody will walk a mile to buy a loaf, and "
    "that the ferry which the town has promised cannot carry more than forty people at a time.",
    "The works are to cost 14.2 million crowns, of which the province pays half. Bo Reed, who leads the opposition in "
    "the council, called the sum absurd and asked for a second opinion.",
    "A first meeting with the residents is planned for the end of the month, when the engineers of the province will "
    "show what they have found under the water line.",
]


def wrap(paragraphs: list[str], width: int, between: str = "\n\n", indent: str = "") -> str:
    wrapped = [
        textwrap.fill(text, width, initial_indent=indent, break_on_hyphens=False, break_long_words=False)
        for text in paragraphs
    ]
    return between.join(wrapped)


# -- wrapped texts ----------------------------------------------------------------------------------------------------


def test_a_wrapped_text_with_windows_line_ends_is_unwrapped() -> None:
    raw = wrap(PARAGRAPHS, 66).replace("\n", "\r\n")
    assert clean_text(raw).text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize("width", [34, 60, 66, 72, 80, 100])
def test_paragraphs_between_blank_lines_become_one_line_each(width: int) -> None:
    assert unwrap_lines(wrap(PARAGRAPHS, width)) == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize("width", [60, 66, 72, 80])
def test_indented_paragraphs_become_one_line_each(width: int) -> None:
    assert clean_text(wrap(PARAGRAPHS, width, "\n", "   ")).text == "\n".join(PARAGRAPHS)


# Not at 72 columns, where a paragraph happens to end with a full line.
@pytest.mark.parametrize("width", [60, 66, 80])
def test_paragraphs_without_separator_end_where_a_line_is_short(width: int) -> None:
    assert unwrap_lines(wrap(PARAGRAPHS, width, "\n")) == "\n".join(PARAGRAPHS)


def test_the_lines_of_a_double_spaced_text_are_joined() -> None:
    text = wrap(PARAGRAPHS, 66, "\n").replace("\n", "\n\n")
    assert unwrap_lines(text) == "\n\n".join(PARAGRAPHS)


def test_a_text_filled_up_with_blanks_to_the_margin_is_unwrapped() -> None:
    lines = [
        "The   council of  Oakfield voted on Tuesday",
        "to  close   the  old iron bridge  for some",
        "years, and then to build  a better one  in",
        "its place.",
    ]
    assert unwrap_lines("\n".join(lines)) == " ".join(lines)


def test_text_typed_by_hand_without_an_exact_margin_is_unwrapped() -> None:
    widths = [66, 60, 64, 61]
    text = "\n\n".join(wrap([text], width) for text, width in zip(PARAGRAPHS, widths, strict=True))
    assert unwrap_lines(text) == "\n\n".join(PARAGRAPHS)


def test_a_text_in_capitals_is_unwrapped() -> None:
    paragraphs = [text.upper() for text in PARAGRAPHS]
    assert unwrap_lines(wrap(paragraphs, 69)) == "\n\n".join(paragraphs)


def test_headline_byline_and_dateline_stay_above_wrapped_paragraphs() -> None:
    head = "Council Votes to Close Old Bridge\nBy Ada Lund\nOAKFIELD, March 3"
    assert unwrap_lines(f"{head}\n\n{wrap(PARAGRAPHS, 66)}") == "\n\n".join([head, *PARAGRAPHS])


def test_headers_of_a_usenet_post_stay_apart() -> None:
    head = "From: ada@example.org (Ada Cole)\nSubject: the old bridge\nDate: 3 Mar 93 10:05 GMT\nLines: 14"
    assert unwrap_lines(f"{head}\n\n{wrap(PARAGRAPHS, 72)}") == "\n\n".join([head, *PARAGRAPHS])


def test_a_list_below_wrapped_paragraphs_keeps_its_items() -> None:
    items = "- a new ferry\n- a second bridge\n- cheaper buses"
    text = f"{wrap(PARAGRAPHS, 66)}\n\nThe town wants:\n\n{items}"
    assert unwrap_lines(text) == "\n\n".join([*PARAGRAPHS, "The town wants:", items])


def test_a_wrapped_list_item_is_one_line() -> None:
    item = "- a ferry that carries forty people from the eastern bank of the river to the market and back again"
    wrapped = textwrap.fill(item, 66, subsequent_indent="  ")
    assert unwrap_lines(f"{wrap(PARAGRAPHS, 66)}\n\n{wrapped}\n{wrapped}").endswith(f"again\n{item}")


def test_a_table_among_wrapped_paragraphs_keeps_its_rows() -> None:
    table = "Year     Cars   Trucks\n1990     1200      310\n1991     1350      298"
    text = f"{wrap(PARAGRAPHS, 66)}\n\n{table}"
    assert unwrap_lines(text) == "\n\n".join([*PARAGRAPHS, table])


def test_a_sentence_that_goes_on_with_a_number_and_a_period_is_no_list_item() -> None:
    paragraphs = [
        *PARAGRAPHS,
        "Bo Reed was first elected to the council in Oakfield at the age of 24. He has not lost.",
    ]
    assert unwrap_lines(wrap(paragraphs, 66)) == "\n\n".join(paragraphs)


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("the provincial govern-", "ment has", "the provincial government has"),
        ("a state-of-the-", "art ferry has", "a state-of-the-art ferry has"),
        ("a well-", "known shop has", "a well-known shop has"),
        ("the Anglo-", "American line has", "the Anglo-American line has"),
        ("the short-", "and long-term plan has", "the short- and long-term plan has"),
        ("the ferry-", "boat has", "the ferry-boat has"),
    ],
)
def test_a_word_divided_at_the_margin_is_whole_again(first: str, second: str, joined: str) -> None:
    body = wrap(PARAGRAPHS, 66) + "\n\nA ferry-boat crosses."
    filler = "Nobody knows what in the end it will be, ".ljust(66 - len(first), "x").strip() + " "
    text = f"{body}\n\n{filler}{first}\n{second} kept the people of the town from any plan of their own."
    assert f"{filler}{joined} kept" in unwrap_lines(text)


# -- one sentence a line ----------------------------------------------------------------------------------------------

BEFORE = "Council to vote on the old bridge\nOAKFIELD 1994-03-01\nThe town has talked of little else for a month."
AFTER = "Nobody knows what it will cost.\nThe vote is due on Friday."


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("On Tuesday the Mayor", "Ada Cole said the bridge would be closed."),
        ("The bridge is safe, said Ada", "Cole, who has been mayor since 1990."),
        ("The plan was shown to Sen.", "Bo Reed of the province on Monday."),
        ("The letter was signed by J.", "Lund, who leads the ferry company."),
        ("The council will meet on Sept.", "24 to vote on the plan."),
        ("The province has pledged half of the", "14 million crowns that the works cost."),
        ("Engineers have found cracks in", "Oakfield's bridge and in two others."),
        ("The ferry will carry forty people,", "Reed told the council."),
        ("Reed said the ferry would", "carry forty people at a time."),
        ('"Whose bridge is it?"', "asked a shopkeeper."),
        ("It was not an easy vote ...", "but it had to be held."),
        ("The works were planned by the U.S.", "company that built the old bridge."),
        ("Most of the trade of the town goes through the shops of", "The Quays, a row of shops, would be lost."),
        ("Mr", "Reed has asked for a second opinion."),
        ("The bridge is Oakfield's", "Golden Gate, the mayor likes to say."),
    ],
)
def test_a_sentence_cut_by_a_line_break_is_whole_again(first: str, second: str) -> None:
    text = f"{BEFORE}\n{first}\n{second}\n{AFTER}"
    assert unwrap_lines(text) == f"{BEFORE}\n{first} {second}\n{AFTER}"


def test_the_first_sentence_of_a_text_is_whole_again() -> None:
    assert unwrap_lines("On Tuesday the Mayor\nAda Cole said it was over.") == (
        "On Tuesday the Mayor Ada Cole said it was over."
    )


@pytest.mark.parametrize(
    "text",
    [
        "SOCCER - OAKFIELD BEAT HALM.\nOAKFIELD 1994-03-01\nOakfield beat Halm 2-1 on Saturday.",
        "Oakfield 2 Halm 1\nLund 0 Reed Town 0\nMillbrook 3 Dale 2",
        "Results on Saturday:\nDivision one\nOakfield 4 3 0 1 9\nHalm 4 2 1 1 7",
        "1. Ada Cole (Oakfield) 13.52\n2. Bo Reed (Halm) 13.60\n3. Cy Lund (Dale) 13.61",
        "Bridge to close\nBy Ada Lund\nThe council voted on Tuesday.",
        "Oakfield appoints Cole as manager\nAda Cole will lead the club for two years.",
        "The council said:\n\nWe regret the delay.",
        "The council said:\n- The bridge is closed.\n- The ferry is free.",
        "The town asks for:\na new bridge\na ferry at night\ncheaper buses",
        "The mill stands silent by the stream,\nThe wheel has ceased to turn,\nAnd all the meadow is a dream",
        "Star turn\n\nAda Cole played the mayor.\n\nThe end\n\nIt rained.",
        '"It is over," she said.\n"It is not," he said.',
        "He joined in 1990.\neBay was not founded then.",
        "> the bridge is closed and\n> nobody knows why",
        "ADA COLE: We shall close it.\nBO REED: You will not\nADA COLE: We shall see.",
        "The council voted to close it.\nA long road\nAda Cole said she was glad.",
        "नगर परिषद ने पुल बंद किया।\nAda Cole was glad.",
        "议会投票\n市长说\n这座桥\n关闭了。",
        "Dear Sir,\nI write to you about the bridge.",
        ".bio {\nwidth: 100px;\nfloat: left;\n}",
    ],
)
def test_lines_that_stand_for_themselves_are_left_alone(text: str) -> None:
    assert unwrap_lines(text) == text


@pytest.mark.parametrize("separator", ["\n", "\n\n"])
def test_a_text_of_one_paragraph_a_line_is_left_alone(separator: str) -> None:
    text = separator.join(["Council votes to close old bridge", *PARAGRAPHS])
    assert clean_text(text).text == text


def test_one_giant_line_is_left_alone() -> None:
    text = " ".join(PARAGRAPHS * 2000)
    assert clean_text(text).text == text


def test_a_million_empty_lines_are_one_break() -> None:
    assert clean_text("One." + "\n" * 1_000_000 + "Two.").text == "One.\n\nTwo."


# -- the title --------------------------------------------------------------------------------------------------------

BODY = "The council of Oakfield voted on Tuesday to close the old iron bridge for eighteen months, it said."


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        ("Council votes to close old bridge", f"\n\n{BODY}"),
        ("Council votes to close old bridge", f"\n{BODY}"),
        ("COUNCIL VOTES TO CLOSE OLD BRIDGE.", f"\n{BODY}"),
        ("BRIDGES - OAKFIELD VOTES TO CLOSE.", f"\nOAKFIELD 1994-03-01\n{BODY}"),
        ("Bridges - Oakfield votes to close.", f"\nOAKFIELD 1994-03-01\n{BODY}"),
        ("Bridge is closed in Oakfield.", f"\nAda Lund\nOAKFIELD 1994-03-01\n{BODY}"),
        ("Council Votes to Close Bridge in Oakfield.", f"\n{BODY}"),
        ("Who needs an old bridge?", f"\n{BODY}"),
        ("Council says bridge is 'a danger to all.'", f"\n\n{BODY}"),
        ("Rep. Cole to stand again.", f"\n\n{BODY}"),
        ("EU-US talks on old bridges begin", f"\n\n{BODY}"),
    ],
)
def test_the_first_line_is_the_title(head: str, rest: str) -> None:
    assert find_title(head + rest) == head


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Council votes to close old bridge",
        f"{BODY}\n\n{BODY}",
        f"The council said it would close the bridge.\n\n{BODY}",
        f"The bridge is closed. Nobody knows for how long it will be.\n\n{BODY}",
        f"The bridge is closed.\n{BODY}",
        f"OAKFIELD, March 3 (ONA) - The council closed the bridge.\n\n{BODY}",
        f"OAKFIELD 1994-03-01\n{BODY}",
        f"Friday, March 4, 1994\n\n{BODY}",
        f"By Ada Lund\n\n{BODY}",
        f"From: ada@example.org (Ada Cole)\n\n{BODY}",
        f"The mayor told the council:\n\n{BODY}",
        f"{'Council votes ' * 20}\n\n{BODY}",
        "* * *\n\nThe bridge is closed.",
    ],
)
def test_no_title_is_made_of_a_first_line_that_is_none(text: str) -> None:
    assert find_title(text) is None


# -- what always holds ------------------------------------------------------------------------------------------------

WORDS = "the The of Mayor Sen. Ada Cole, said govern- ment well- bridge closed. iron and OAKFIELD Subject: 2-1 24."
MARKS = '- | * | -- | . | ... | " | ” | ( | ) | : | ; | , | > |\u0301|\x00|\ufeff|\u3000|\u00a0|\t|    '
BREAKS = ["\n", "\n\n", "\n\n\n", "\r\n", "\n   "]
PIECES = st.sampled_from([*WORDS.split(), *MARKS.split("|"), *BREAKS, *BREAKS, "x" * 28])
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=120).map(" ".join), st.lists(PIECES, max_size=120).map("".join))


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_unwrapping_loses_nothing_but_blanks_and_hyphens_at_line_ends(text: str) -> None:
    before = re.sub(r"\s", "", re.sub(r"-[^\S\n]*(?=\n)", "", text)).replace("-", "")
    assert re.sub(r"\s", "", unwrap_lines(text)).replace("-", "") == before
    assert len(re.findall("-", text)) - len(re.findall("-", unwrap_lines(text))) <= len(re.findall(r"-\s*\n", text))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PARAGRAPHS), min_size=2, max_size=6), st.integers(40, 100))
def test_wrapped_paragraphs_come_back_at_any_width(paragraphs: list[str], width: int) -> None:
    assert unwrap_lines(wrap(paragraphs, width)) == "\n\n".join(paragraphs)


def test_the_word_list_has_no_row_twice_and_only_small_letters() -> None:
    rows = [(row["word"], row["kind"]) for row in read_seed("line_words")]
    assert len(rows) == len(set(rows))
    assert all(word and word == word.lower() for word, _ in rows)
