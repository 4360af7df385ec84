"""Telling the language of a text. All texts are invented."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.languages import detect_language, parse_language
from transforms.lexicon import read_seed

ENGLISH = (
    "The council of Oakfield voted on Tuesday to close the old iron bridge for eighteen months, after engineers found "
    "cracks in two of its piers."
)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", ENGLISH),
        ("en", ENGLISH.upper()),
        ("de", "Der Stadtrat stimmte am Dienstag für die Schließung der alten Eisenbrücke für achtzehn Monate."),
        ("fr", "Le conseil municipal a voté mardi la fermeture du vieux pont de fer pendant dix-huit mois."),
        ("es", "El ayuntamiento votó el martes a favor del cierre del viejo puente de hierro durante dieciocho meses."),
        ("it", "Il consiglio comunale ha votato martedì la chiusura del vecchio ponte di ferro per diciotto mesi."),
        ("pt", "A câmara municipal votou na terça-feira o encerramento da velha ponte de ferro por dezoito meses."),
        ("nl", "De gemeenteraad stemde dinsdag voor de sluiting van de oude ijzeren brug, achttien maanden lang."),
        ("pl", "Rada miasta głosowała we wtorek za zamknięciem starego mostu na osiemnaście miesięcy."),
        ("tr", "Belediye meclisi salı günü eski demir köprünün on sekiz ay boyunca kapatılmasına karar verdi."),
        ("ru", "Городской совет во вторник проголосовал за закрытие старого железного моста на восемнадцать месяцев."),
        ("ar", "صوت مجلس المدينة يوم الثلاثاء على إغلاق الجسر الحديدي القديم لمدة ثمانية عشر شهرا."),
        ("zh", "市议会星期二投票决定关闭旧铁桥十八个月，因为工程师在两个桥墩上发现了裂缝。"),
        ("ja", "市議会は火曜日、古い鉄橋を十八カ月間閉鎖することを決めた。技術者がひび割れを見つけたためだ。"),
        ("ko", "시의회는 화요일 기술자들이 균열을 발견한 뒤 오래된 철교를 십팔 개월 동안 폐쇄하기로 결정했다."),
    ],
)
def test_the_language_of_a_sentence_is_told(language: str, text: str) -> None:
    found, score = detect_language(text)
    assert found == language
    assert score is not None
    assert 0.7 <= score <= 1


@pytest.mark.parametrize(
    "text", ["", "Bridge to close", "2-1 3-0 14:30 1996 " * 40, "Halm 2 Dale 1", "* * *", "市长说"]
)
def test_too_little_text_has_no_language(text: str) -> None:
    assert detect_language(text) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "SOCCER - NORTHERN LEAGUE RESULTS.\nOAKFIELD 1994-03-01\nResults of matches played on Saturday:\n"
        + "Oakfield Rovers 2 Dynamo Halm 1\nSporting Dale 0 Real Millbrook 0\nAtletico Lund 3 Sankt Olaf 2\n" * 6,
        "ATHLETICS - MEN'S 100 METRES.\nLeading results on Sunday:\n"
        + "\n".join(f"{no}. Jan Kowalik (Dale) 1{no}.02 seconds" for no in range(1, 9)),
    ],
)
def test_an_english_table_of_foreign_names_is_not_taken_for_another_language(text: str) -> None:
    assert detect_language(text)[0] in {"en", None}


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("en", "en"),
        (" EN-us ", "en"),
        ("pt_BR", "pt"),
        ("zh-Hans-CN", "zh"),
        ("eng", "en"),
        ("English", "en"),
        ("ger", "de"),
        ("iw", "he"),
        ("xx", None),
        ("12", None),
        ("", None),
        (None, None),
    ],
)
def test_a_stated_language_is_its_two_letter_code(stated: str | None, code: str | None) -> None:
    assert parse_language(stated) == code


def test_no_code_or_name_of_the_list_stands_for_two_languages() -> None:
    words = {
        (word, row["code"])
        for row in read_seed("languages")
        for word in (row["code"], *row["other_codes"].split(), row["name"].lower())
    }
    assert len(words) == len({word for word, _ in words})


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_has_a_language_and_a_score_or_neither(text: str) -> None:
    language, score = detect_language(text)
    assert (language is None) == (score is None)
    assert language is None or len(language) == 2
