"""The documents against the code, and the code's outer shape: names, imports."""

import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest

from kiemtin.cli import cli

ROOT = Path(__file__).parents[1]
PACKAGES = ("kiemtin", "crawlers", "nlp", "alerts", "flows")


def commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


COMMANDS = dict(commands(cli))


def flat(text: str) -> str:
    return " ".join(text.split())


@cache
def sections() -> dict[str, str]:
    parts = re.split(r"^## `(.+)`$", (ROOT / "docs" / "commands.md").read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_has_its_section_and_no_other_has() -> None:
    assert sorted(sections()) == sorted(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_and_argument_of_a_command_is_documented(name: str) -> None:
    section, command = sections()[name], COMMANDS[name]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert all(spelling in section.split() for spelling in parameter.opts), parameter.opts
            assert parameter.help and flat(parameter.help) in flat(section), parameter.opts
        else:
            assert (parameter.name or "").upper() in section, parameter.name
    documented = set(re.findall(r"^  (--[a-z-]+)", section, re.MULTILINE))
    assert documented == {spelling for parameter in command.params for spelling in parameter.opts if spelling.startswith("--")} | {"--help"}
    assert flat(command.help or "") and flat(command.help or "") in flat(section)
    assert f"Usage: kiemtin {name}" in section


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_takes_data_and_json(name: str) -> None:
    assert {"--data", "--json"} <= {spelling for parameter in COMMANDS[name].params for spelling in parameter.opts}


def test_the_readme_names_both_commands_and_the_documents() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for words in ("make demo", "make test", "docs/configuration.md", "docs/commands.md", "docs/outlets.md"):
        assert words in readme
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert {"demo", "test"} <= set(targets)


def test_links_between_documents_lead_somewhere() -> None:
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), (document.name, target)


def test_kiemtin_commands_in_the_documents_exist() -> None:
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for words in re.findall(r"(?:\.venv/bin/|`)kiemtin ([a-z]+(?: [a-z]+)?)", document.read_text("utf-8")):
            assert any(words == name or words.split()[0] == name for name in COMMANDS), (document.name, words)


def test_no_other_installed_distribution_owns_our_names() -> None:
    owners = packages_distributions()
    assert "pytest" in owners["pytest"], "the list is not empty"
    for name in PACKAGES:
        assert {owner.lower() for owner in owners.get(name, [])} <= {"kiemtin"}, name
        found = importlib.util.find_spec(name)
        assert found is not None and found.origin is not None
        assert Path(found.origin).is_relative_to(ROOT), name


def test_no_name_is_a_module_of_the_standard_library() -> None:
    assert not set(PACKAGES) & sys.stdlib_module_names


def test_the_wheel_carries_exactly_these_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert sorted(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == sorted(PACKAGES)
    assert sorted(project["tool"]["importlinter"]["root_packages"]) == sorted(PACKAGES)
    for path in ROOT.glob("*/__init__.py"):
        assert path.parent.name in {*PACKAGES, "tests", "benchmarks"}, path


def test_imports_point_one_way() -> None:
    script = Path(sys.executable).with_name("lint-imports")
    if not script.exists():
        pytest.skip("not run: no import-linter")
    done = subprocess.run([script, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"Contracts: [2-9]\d* kept, 0 broken", done.stdout), done.stdout[-3000:]
