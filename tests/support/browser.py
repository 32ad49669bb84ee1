"""Debian's Chromium, driven by selenium; what it finds wrong with a page: axe-core's serious findings, what overflows, what its console says."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.support.mailbox import wait_for

LARGE, SMALL = (1280, 900), (360, 740)
_OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--disable-background-networking", "--no-first-run",
    "--disable-component-update", "--disable-sync", "--disable-gpu",
)  # fmt: skip


def needs_browser() -> None:
    if shutil.which("chromium") is None or shutil.which("chromedriver") is None:
        pytest.skip("no chromium and chromedriver (Debian: chromium chromium-driver)")


@cache
def _axe() -> str:
    return (resources.files("axe_core_python") / "axe.min.js").read_text("utf-8")


class Page:
    """One browser window, as a person uses it."""

    def __init__(self, driver: webdriver.Chrome, base: str) -> None:
        self.driver, self.base = driver, base

    def open(self, path: str) -> "Page":
        self.driver.get(path if path.startswith("http") else self.base + path)
        return self

    @property
    def path(self) -> str:
        return str(self.driver.current_url).removeprefix(self.base)

    @property
    def text(self) -> str:
        """What can be read; "" while one page gives way to the next."""
        try:
            return str(self.driver.find_element(By.TAG_NAME, "body").text)
        except StaleElementReferenceException:
            return ""

    def find(self, selector: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def fill(self, selector: str, text: str) -> None:
        field = self.find(selector)
        field.clear()
        field.send_keys(text)

    def choose(self, selector: str) -> None:
        """Click what may lie below the fold."""
        found = self.find(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
        found.click()

    def press(self, keys: str) -> None:
        webdriver.ActionChains(self.driver).send_keys(keys).perform()

    def enter(self) -> None:
        self.press(Keys.ENTER)

    def log_in(self, name: str, password: str) -> None:
        self.open("/login")
        self.fill("input[name=name]", name)
        self.fill("input[name=password]", password)
        self.find("main button.main").click()
        wait_for(lambda: self.path != "/login")

    def resize(self, size: tuple[int, int]) -> None:
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def without_scripts(self, off: bool) -> None:
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": off})

    def serious_findings(self) -> list[str]:
        """axe-core's findings that keep people out, as "rule: element"."""
        self.driver.execute_script(_axe())
        found = self.driver.execute_async_script("const done = arguments[arguments.length - 1]; axe.run().then(done, (error) => done({violations: [{id: String(error), impact: 'serious', nodes: []}]}));")  # fmt: skip
        return [
            f"{rule['id']}: {node['html'][:120]}"
            for rule in found["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"] or [{"html": ""}]
        ]

    def overflows(self) -> bool:
        return bool(self.driver.execute_script("return document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def complaints(self) -> list[str]:
        """What the console says: a blocked script or style, a missing file."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]


@contextmanager
def browsing(base: str) -> Iterator[Page]:
    options = webdriver.ChromeOptions()
    for option in _OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.implicitly_wait(20)
    page = Page(driver, base)
    page.resize(LARGE)
    try:
        yield page
    finally:
        driver.quit()
