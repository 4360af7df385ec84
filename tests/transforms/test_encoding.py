"""Decoding bytes of any encoding. All texts are invented."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.encoding import UndecodableError, decode, why_binary

ENGLISH = (
    "The council of Oakfield voted on Tuesday to close the old iron bridge. “It’s over,” said Mayor Ada Cole – and "
    "that was that. The works cost £3.2m, and the café of Zoë Lund at the bridge has to close for a year."
)
FRENCH = (
    "Le conseil municipal a voté mardi la fermeture du vieux pont de fer, après que des ingénieurs ont découvert des "
    "fissures. « Ça suffit », a déclaré la maire, élue à Genève. C’était la décision la plus difficile de son mandat."
)
GERMAN = (
    "Der Stadtrat stimmte am Dienstag für die Schließung der alten Brücke. „Große Sorge“, sagte die Bürgermeisterin – "
    "mehr nicht. Die Händler am östlichen Ufer fürchten um ihr Geschäft."
)
POLISH = (
    "Rada miasta głosowała we wtorek za zamknięciem starego mostu, ponieważ inżynierowie znaleźli pęknięcia w dwóch "
    "filarach. Burmistrz powiedziała, że to była najtrudniejsza decyzja jej kadencji."
)
RUSSIAN = (
    "Городской совет во вторник проголосовал за закрытие старого железного моста на восемнадцать месяцев, после того "
    "как инженеры нашли трещины в двух опорах."
)
CHINESE = "市议会星期二投票决定关闭旧铁桥十八个月，因为工程师在两个桥墩上发现了裂缝。市长说，这是她任期内最艰难的决定。"
JAPANESE = "市議会は火曜日、古い鉄橋を十八カ月間閉鎖することを決めた。技術者が二つの橋脚にひび割れを見つけたためだ。"


# -- marks and UTF-8 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_a_byte_order_mark_decides(mark: bytes, encoding: str, text: str) -> None:
    decoded = decode(mark + text.encode(encoding), "iso-8859-1")
    assert (decoded.text, decoded.encoding, decoded.repairs) == (text, encoding, ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [ENGLISH, RUSSIAN, f"2004 abc {CHINESE} 12\n{CHINESE}一一\n"])
def test_two_and_four_bytes_a_character_are_told_without_a_mark(encoding: str, text: str) -> None:
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.encoding) == (text, encoding)


@pytest.mark.parametrize("declared", [None, "utf-8", "iso-8859-1", "gb2312", "utf-16", "no such", "x\0", "ünï", "zip"])
def test_utf8_beats_any_declaration(declared: str | None) -> None:
    assert decode(ENGLISH.encode(), declared).text == ENGLISH
    assert decode(ENGLISH.encode(), declared).repairs == ()


def test_single_nul_bytes_do_not_hide_that_it_is_utf8() -> None:
    raw = ENGLISH.encode()
    assert decode(raw[:50] + b"\0" * 12 + raw[50:]).encoding == "utf-8"
    assert decode(raw + b"\0" * 4096).encoding == "utf-8"


# -- nearly UTF-8 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (ENGLISH.encode() + b" Caf\xe9 Lund", ENGLISH + " Café Lund"),
        (ENGLISH.encode() + " It’s".encode() + b" done \x96 for now", ENGLISH + " It’s done – for now"),
        (ENGLISH.encode() + b" a broken \xe2\x80 mark", ENGLISH + " a broken \ufffd mark"),
        ((ENGLISH + " The café").encode()[:-1], ENGLISH + " The caf\ufffd"),
        (b"The works of the town and its bank cost \xc25bn.", "The works of the town and its bank cost \ufffd5bn."),
        (codecs.BOM_UTF8 + b"The caf\xe9 is closed.", "The café is closed."),
    ],
)  # fmt: skip
def test_bytes_that_are_no_utf8_among_utf8_are_mended(raw: bytes, text: str) -> None:
    decoded = decode(raw)
    assert (decoded.text, decoded.encoding, decoded.repairs) == (text, "utf-8", ("bytes_replaced",))


def test_pictures_that_a_database_wrote_as_two_surrogates_are_one_character() -> None:
    raw = "The bridge is open 🎉 again".encode("utf-16-le").decode("utf-16-le").encode()
    broken = raw.replace("🎉".encode(), b"\xed\xa0\xbc\xed\xbe\x89")
    assert decode(broken).text == "The bridge is open 🎉 again"


# -- declarations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-8859-1", "cp1252", ENGLISH),
        ("Latin1", "cp1252", GERMAN),
        ("us-ascii", "cp1252", FRENCH),
        ("windows-1252", "cp1252", ENGLISH),
        ("x-cp1252", "cp1252", ENGLISH),
        ("gb2312", "gb18030", CHINESE),
        ("x-gbk", "gb18030", CHINESE),
        ("Shift_JIS", "cp932", JAPANESE),
        ("x-sjis", "cp932", JAPANESE),
        ("EUC-JP", "euc_jp", JAPANESE),
        ("windows-1251", "cp1251", RUSSIAN),
        ("koi8-r", "koi8-r", RUSSIAN),
        ("iso-8859-2", "iso8859-2", POLISH),
        ("ISO-8859-9", "cp1254", "Belediye meclisi köprünün kapatılmasına karar verdi, çünkü çatlaklar bulundu."),
        ("big5", "big5hkscs", "市議會投票決定關閉舊鐵橋"),
        ("ks_c_5601-1987", "cp949", "시의회는 오래된 철교를 폐쇄하기로 결정했다"),
        ("tis-620", "cp874", "สภาเมืองลงมติให้ปิดสะพาน"),
        ("iso-8859-8-i", "iso8859-8", "מועצת העיר הצביעה"),
        ("macintosh", "mac-roman", ENGLISH),
    ],
)
def test_a_declared_encoding_is_used_by_the_terms_of_the_web(label: str, codec: str, text: str) -> None:
    decoded = decode(text.encode(codec), label)
    assert (decoded.text, decoded.encoding, decoded.repairs) == (text, codec, ("encoding_declared",))


@pytest.mark.parametrize(
    ("declared", "codec", "text"),
    [
        ("utf-8", "gb18030", CHINESE * 3),
        ("iso-8859-1", "gb18030", CHINESE * 3),
        ("iso-8859-1", "cp1251", RUSSIAN),
        ("gb2312", "cp1252", "He paid £15.8m for it, and that was the end of the affair."),
        ("gb2312", "cp1252", "Login für alle Leser, die sich für das Spiel anmelden"),
        ("utf-8", "cp1252", ENGLISH),
        ("utf-8", "mac-roman", ENGLISH),
    ],
)
def test_a_declaration_that_does_not_fit_gives_way(declared: str, codec: str, text: str) -> None:
    decoded = decode(text.encode(codec), declared)
    assert (decoded.text, decoded.encoding, decoded.repairs) == (text, codec, ("encoding_guessed",))


def test_the_half_character_at_the_end_of_a_page_that_was_cut_is_replaced() -> None:
    decoded = decode((CHINESE * 3).encode("gb18030")[:-1], "gbk")
    assert decoded.text == (CHINESE * 3)[:-1] + "\ufffd"
    assert decoded.repairs == ("encoding_declared", "bytes_replaced")


# -- guesses ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1252", ENGLISH),
        ("cp1252", "He paid £15.8m."),
        ("cp1252", "The mayor didn’t come."),
        ("cp1252", "Temperatures of 30°C and the ½ mile of São Paulo – the first… of many that were said to come"),
        ("cp1252", FRENCH),
        ("cp1252", GERMAN),
        ("mac-roman", ENGLISH),
        ("mac-roman", "The mayor didn’t come."),
        ("mac-roman", FRENCH),
        ("mac-roman", GERMAN),
        ("cp437", "The works cost £3.2m, and that was the end of it."),
        ("cp437", f"Hello to all of you\n{'─' * 40}\n ■ The Oakfield Board ■\n{'═' * 40}\nand that was the end."),
        ("iso8859-2", POLISH),
        ("cp1250", POLISH),
        ("cp1251", RUSSIAN),
        ("koi8-r", RUSSIAN * 2),
        ("gb18030", CHINESE),
        ("cp932", JAPANESE),
        ("euc_jp", JAPANESE),
        ("iso2022_jp_2", JAPANESE),
    ],
)  # fmt: skip
def test_an_undeclared_encoding_is_guessed(codec: str, text: str) -> None:
    decoded = decode(text.encode(codec))
    assert (decoded.text, decoded.encoding, decoded.repairs) == (text, codec, ("encoding_guessed",))


def test_one_strange_byte_in_a_giant_line_is_found() -> None:
    assert decode(b"the word of the mayor " * 100_000 + b"at the caf\xe9 ").text.endswith("café ")


# -- what is no text --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj", "binary data: a PDF document"),
        (b"\x89PNG\r\n\x1a\n\0\0", "binary data: a PNG picture"),
        (bytes(range(256)) * 8, "binary data: 10% of it are control characters"),
        (b"\0" * 100, "binary data: nothing but NUL bytes"),
        (b"\x01\x00\x05\x00\x00\x07abc\x00\xff\x00" * 50, "binary data: full of NUL bytes"),
        (
            b"\xfe\xff\x01\x02\x00\x03\x00\x04\x00\x05\x00\x06" * 20,
            "binary data: not UTF-16-BE, as its first bytes say",
        ),
        (bytes(range(128, 256)), "not UTF-8, and text in no encoding that can be told: byte 0x80 at 0"),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_the_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(UndecodableError) as caught:
        decode(raw)
    assert str(caught.value) == reason


@pytest.mark.parametrize("text", ["", ENGLISH, RUSSIAN])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le", "cp1251"])
def test_the_head_of_a_text_is_not_taken_for_binary(text: str, codec: str) -> None:
    assert why_binary(text.encode(codec, "replace")) is None


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "iso-8859-1", "gb2312", "utf-16", "", "x", "hz"]))
def test_any_bytes_are_text_or_refused_in_one_line(raw: bytes, declared: str | None) -> None:
    try:
        told = decode(raw, declared).text
    except UndecodableError as error:
        told = str(error).replace("\n", "\ud800")
    told.encode("utf-8")


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    if not text.startswith("\ufeff") and not why_binary(text.encode()):
        assert decode(text.encode(), "iso-8859-1").text == text
