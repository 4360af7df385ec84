"""Pages in a real browser, Debian's Chromium without a screen: they draw, sort, filter and open."""

import shutil
import struct
import zlib
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.warehouse import newsroom
from warehouse.catalog import connect, open_for_writing
from warehouse.pages import write_article, write_dashboard

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs a browser: apt-get install chromium chromium-driver"
)

PHONE, DESK = 390, 1400
PATIENCE_SECONDS = 60
READY = "return document.documentElement.dataset.ready === 'yes'"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
)  # fmt: skip


class Browser:
    """A page open in Chromium, at a width and in a look."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self._driver = driver

    def open(self, page: Path, width: int = DESK, look: str = "light") -> None:
        """Opens the file and waits until its script has run."""
        self._driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        features = [
            {"name": "prefers-color-scheme", "value": look},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self._driver.get("about:blank")  # or the answer may still be of the page before
        self._driver.get_log("browser")
        self._driver.get(page.as_uri())
        try:
            WebDriverWait(self._driver, PATIENCE_SECONDS).until(lambda _: self.run(READY))
        except TimeoutException:
            pytest.fail(f"{page.name} never got ready: {self.complaints()}")

    def run(self, script: str, *arguments: object) -> Any:
        """What the script answers."""
        return self._driver.execute_script(script, *arguments)

    def find(self, css: str) -> Any:
        """The first element of that kind."""
        return self._driver.find_element(By.CSS_SELECTOR, css)

    def press(self, *keys: str) -> None:
        """Presses keys where the focus is."""
        self._driver.switch_to.active_element.send_keys(*keys)

    def complaints(self) -> list[str]:
        """What stands in the console since the page was opened."""
        return [entry["message"] for entry in self._driver.get_log("browser")]

    def column(self, table: str, number: int) -> list[str]:
        """The texts of the rows that are shown, in the column of that number from 0."""
        return list(
            self.run(
                "return [...document.querySelectorAll(arguments[0] + ' tbody tr')].filter(row => !row.hidden)"
                ".map(row => row.cells[arguments[1]].textContent.trim())",
                table,
                number,
            )
        )

    def picture(self) -> bytes:
        """A picture of what is shown, as PNG."""
        return b64decode(self._driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"])


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    try:
        yield Browser(driver)
    finally:
        driver.quit()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The dashboard, the pages of a common and of the hostile article, and the dashboard of an empty warehouse."""
    folder = tmp_path_factory.mktemp("seen")
    with open_for_writing(folder / "warehouse") as connection:
        newsroom.fill(connection)
    with open_for_writing(folder / "empty"):
        pass
    with connect(folder / "warehouse") as lake, connect(folder / "empty") as nothing:
        return {
            "dashboard": write_dashboard(lake, folder / "dashboard.html"),
            "article": write_article(lake, newsroom.article_id(2), folder / "article.html"),
            "hostile": write_article(lake, "hostile", folder / "hostile.html"),
            "empty": write_dashboard(nothing, folder / "empty.html"),
        }


PAGES = ["dashboard", "article", "hostile", "empty"]


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_without_complaint_and_fits_the_width(
    page: str, width: int, browser: Browser, pages: dict[str, Path]
) -> None:
    browser.open(pages[page], width)
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.complaints() == []


@pytest.mark.parametrize("page", PAGES)
def test_hostile_text_runs_nothing(page: str, browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages[page])
    browser.run("document.querySelectorAll('details').forEach(one => one.open = true)")
    browser.run("for (const one of document.querySelectorAll('[data-open]')) {"
                " one.dispatchEvent(new Event('click', {bubbles: true})); detail.close(); }")  # fmt: skip
    browser.run("for (const one of document.querySelectorAll('[data-tip], td, th'))"
                " one.dispatchEvent(new PointerEvent('pointermove', {bubbles: true}))")  # fmt: skip
    assert browser.run("return window.hacked") is None
    assert browser.run("return document.images.length") == 0
    assert browser.complaints() == []


def test_hostile_names_are_shown_as_they_are(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["dashboard"])
    assert newsroom.HOSTILE_NAME in browser.column("#most-quoted", 0)
    browser.open(pages["hostile"])
    assert browser.find("h1").text == newsroom.HOSTILE_TITLE


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_charts_are_drawn(width: int, browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["dashboard"], width)
    sizes = browser.run(
        "return [...document.querySelectorAll('figure')].filter(one => one.checkVisibility()).map(one =>"
        " [...one.querySelectorAll('svg.chart, svg.map')].map(svg => svg.getBoundingClientRect())"
        ".filter(box => box.width > 150 && box.height > 80).length)"
    )
    assert len(sizes) == 5
    assert min(sizes) >= 1
    drawn = "return [...document.querySelectorAll(arguments[0])].some(one => one.getBoundingClientRect().height > 1)"
    for part in (
        "#volume rect.c1",
        "#events rect.c2",
        "#events .heat",
        "#pairs .heat",
        "#map circle",
        ".spark polyline",
    ):
        assert browser.run(drawn, part), part


def test_no_names_on_a_chart_overlap_its_edge(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["dashboard"])
    outside = browser.run(
        "return [...document.querySelectorAll('svg.chart text, svg.map text')].filter(one => one.checkVisibility())"
        ".map(one => [one, one.getBoundingClientRect(), one.closest('section').getBoundingClientRect()])"
        ".filter(([, box, card]) => box.left < card.left || box.right > card.right).map(([one]) => one.textContent)"
    )
    assert outside == []


def test_a_table_sorts_by_its_head_and_says_so(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["dashboard"])
    head = "#names-person thead th:nth-child({})"
    assert browser.find(head.format(3)).get_attribute("aria-sort") == "descending"
    browser.find(head.format(1) + " button").click()
    names = browser.column("#names-person", 0)
    assert names == sorted(names, key=str.lower)
    assert browser.find(head.format(1)).get_attribute("aria-sort") == "ascending"
    assert browser.find(head.format(3)).get_attribute("aria-sort") is None
    browser.find(head.format(4) + " button").send_keys(Keys.ENTER)
    mentions = [int(text) for text in browser.column("#names-person", 3)]
    assert mentions == sorted(mentions, reverse=True)
    browser.press(Keys.SPACE)
    assert [int(text) for text in browser.column("#names-person", 3)] == sorted(mentions)


def test_a_table_filters_by_what_is_typed(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["dashboard"])
    browser.find("#pairs input[type=search]").send_keys("ada ib")
    rows = list(zip(browser.column("#top-pairs", 0), browser.column("#top-pairs", 1), strict=True))
    assert rows
    assert all({"Ada Berg", "Ib Juhl"} == set(row) for row in rows)
    assert browser.find("#pairs [role=status]").text.startswith(f"{len(rows)} of ")
    browser.find("#pairs input[type=search]").send_keys("qqq")
    assert browser.column("#top-pairs", 0) == []


def test_a_name_opens_its_quotes_by_keyboard_and_gives_the_focus_back(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["dashboard"])
    browser.run("[...document.querySelectorAll('#most-quoted .open')].find(b => b.textContent == 'Ada Berg').focus()")
    browser.press(Keys.ENTER)
    assert browser.find("dialog h2").text == "Quotes of Ada Berg"
    assert "will run,” Ada Berg said." in browser.find("dialog li blockquote").text
    assert browser.find("dialog li mark.speaker").text == "Ada Berg"
    assert browser.find("dialog li a").get_attribute("href").startswith("https://news.example/")
    browser.press(Keys.ESCAPE)
    assert not browser.find("dialog").is_displayed()
    assert browser.run("return document.activeElement.textContent") == "Ada Berg"


def test_a_switch_shows_one_view(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["dashboard"])
    assert browser.find("[data-view='names:person']").is_displayed()
    browser.run("document.querySelector('#names input[value=place]').focus()")
    browser.press(Keys.SPACE)
    assert not browser.find("[data-view='names:person']").is_displayed()
    assert browser.find("[data-view='names:place']").is_displayed()


def test_toggles_take_marks_off_the_text(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["article"])
    shade = "return getComputedStyle(document.querySelector(arguments[0])).backgroundColor"
    clear = "rgba(0, 0, 0, 0)"
    for value, mark in (("entities", ".text .k-place:not(.k-quote)"), ("quotes", ".text .k-quote")):
        assert browser.run(shade, mark) != clear
        browser.find(f".keys input[value={value}]").click()
        assert browser.run(shade, mark) == clear
        browser.find(f".keys input[value={value}]").send_keys(Keys.SPACE)
        assert browser.run(shade, mark) != clear
    assert browser.find(".chip.of-trigger").is_displayed()
    browser.find(".keys input[value=events]").click()
    assert not browser.find(".chip.of-trigger").is_displayed()


def test_rows_and_marks_answer_each_other(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["article"])
    browser.run("document.querySelector('#q1 a').focus()")
    lit = "return [...document.querySelectorAll('.lit')].map(one => one.textContent).join('|')"
    assert browser.run(lit) == "The tram number 2 will run,|Cleo DornPERSON|said"
    browser.find(".text .k-trigger").click()
    assert browser.find("#v1").is_displayed()
    assert browser.find("#v1").get_attribute("class") == "lit"


@pytest.mark.parametrize("page", ["dashboard", "article"])
def test_every_part_can_be_reached_and_read_without_sight(page: str, browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages[page])
    assert browser.run("return document.querySelectorAll('main, h1').length") == 2
    assert browser.run("return [...document.querySelectorAll('table')].filter(one => !one.caption).length") == 0
    unnamed = (
        "return [...document.querySelectorAll('button, a, input, svg[role=img], [role=region], section')].filter(one =>"
        " !(one.textContent.trim() || one.getAttribute('aria-label') || one.labels?.length)).length"
    )
    assert browser.run(unnamed) == 0
    ids = browser.run("return [...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(set(ids)) == len(ids)
    browser.press(Keys.TAB)
    assert browser.run("return document.activeElement.textContent") == "Skip to content"


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("page", ["dashboard", "article"])
def test_text_stands_out_from_its_ground(page: str, look: str, browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages[page], DESK, look)
    assert browser.run(_CONTRASTS) == []


@pytest.mark.parametrize("page", PAGES)
def test_light_and_dark_look_different_and_neither_is_blank(
    page: str, browser: Browser, pages: dict[str, Path]
) -> None:
    shades = {}
    for look in ("light", "dark"):
        browser.open(pages[page], PHONE, look)
        pixels = _pixels(browser.picture())
        assert len(set(pixels)) > 8
        shades[look] = sum(pixels) / len(pixels)
    assert shades["light"] > 200 > 100 > shades["dark"]


def _pixels(png: bytes) -> list[int]:
    """The green of every 50th pixel of a PNG of 8 bits a channel; rows are unfiltered as the format says."""
    width, _, _, kind = struct.unpack(">IIBB", png[16:26])
    size = {2: 3, 6: 4}[kind]
    packed, place = b"", 8
    while place < len(png):
        length = int.from_bytes(png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            packed += png[place + 8 : place + 8 + length]
        place += 12 + length
    raw, stride = zlib.decompress(packed), width * size + 1
    before, found = bytearray(stride - 1), []
    for start in range(0, len(raw), stride):
        row = _unfilter(raw[start], bytearray(raw[start + 1 : start + stride]), before, size)
        found += row[1 :: size * 50]
        before = row
    return found


def _unfilter(kind: int, row: bytearray, above: bytearray, size: int) -> bytearray:
    for x in range(len(row)):
        left, up = (row[x - size] if x >= size else 0), above[x]
        corner = above[x - size] if x >= size else 0
        guess = left + up - corner
        nearest = min((left, up, corner), key=lambda value: abs(guess - value))
        row[x] = (row[x] + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
    return row


_CONTRASTS = """
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const ground = (node) => {
  for (; node; node = node.parentElement) {
    const [r, g, b, a = 1] = parse(getComputedStyle(node).backgroundColor);
    if (a > 0.99) return [r, g, b];
  }
  return [255, 255, 255];
};
const light = (rgb) => {
  const [r, g, b] = rgb.slice(0, 3).map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const found = new Set();
for (const node of document.querySelectorAll('h1,h2,h3,p,a,th,td,dt,dd,li,label,summary,caption,span,code,button')) {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  if (!own || !node.checkVisibility() || node.closest('.unseen, .chip')) continue;
  const [a, b] = [light(parse(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
  if ((a + 0.05) / (b + 0.05) < 4.5) found.add(node.tagName + ' ' + node.className);
}
return [...found];
"""
"""Elements whose text has less contrast than the 4.5 that WCAG 2.2 asks for (AA)."""
