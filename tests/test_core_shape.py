"""The core stays readable: short functions, no callbacks, no I/O, no guessing at attributes of errors."""

from __future__ import annotations

import ast
import inspect
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lp_engagement._core import effects, exchange
from tools.repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GRANTED = True
CORE = ROOT / "wrapper/lp_engagement/_core"
LONGEST = 40
"""Lines of a function, with its docstring."""


def too_long(source: str) -> Iterator[str]:
    """The functions of a module that are longer than a screen."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST:
                yield f"{node.name}: {lines} lines"


@pytest.mark.parametrize("module", sorted(CORE.glob("*.py")), ids=lambda path: path.stem)
def test_functions_fit_on_a_screen(module: Path) -> None:
    """No function of the core is longer than 40 lines."""
    assert list(too_long(module.read_text(encoding="utf-8"))) == []


def test_a_long_function_would_be_found() -> None:
    """A function of 41 lines is reported by name, one of 40 is not."""
    assert list(too_long("def long():\n" + "    pass\n" * LONGEST)) == ["long: 41 lines"]
    assert list(too_long("def short():\n" + "    pass\n" * (LONGEST - 1))) == []


@pytest.mark.parametrize("method", [exchange.Exchange.attempt, exchange.Exchange.pause, exchange.Exchange.place])
def test_an_exchange_takes_no_callback(method: object) -> None:
    """Attempts and pauses take values and return values: the caller owns the loop."""
    assert "Callable" not in str(inspect.get_annotations(method))  # type: ignore[arg-type]


def test_an_effect_returns_its_result() -> None:
    """A flow receives the driver's result from `yield from`, so the type checker knows its type."""

    def flow() -> effects.Flow[bool]:
        return (yield from effects.Acquire("key", "token", 15))

    steps = flow()
    assert next(steps) == effects.Acquire("key", "token", 15)
    with pytest.raises(StopIteration) as caught:
        steps.send(GRANTED)
    assert caught.value.value is True


@pytest.mark.parametrize(
    "forbidden", ["import time", "import httpx", "import asyncio", "from lp_engagement import _io"]
)
def test_core_may_do_no_io(tmp_path: Path, forbidden: str) -> None:
    """In `_core`, the linter refuses each module that could wait, and the package that does."""
    core = tmp_path / "wrapper/lp_engagement/_core"
    core.mkdir(parents=True)
    for name in ("pyproject.toml", "wrapper/lp_engagement/_core/ruff.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for content, faults in (("", 0), (f"{forbidden}\n", 1)):
        (core / "a.py").write_text(content, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=json", "--select=TID25", core],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert len(json.loads(done.stdout)) == faults
