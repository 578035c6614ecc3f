"""`make sbom`: what the wheel brings along, as CycloneDX, from an environment that holds nothing else.

    python -m tools.dist.sbom --python PYTHON [WHEEL]

One file beside the wheel for each of: without extras, with all of them. Needs cyclonedx-py.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.repository import ROOT

from .build import build, dependencies, epoch
from .trial import SECONDS, interpreter, uv


def environment(wheel: Path, extras: list[str], folder: Path, python: str) -> Path:
    """Install a wheel into a fresh environment; the path of its Python."""
    where = f"{wheel}[{','.join(extras)}]" if extras else str(wheel)
    made = folder / "bin" / "python"
    subprocess.run(
        [*uv(), "venv", "--quiet", "--no-project", "--no-config", "--python", python, str(folder)],
        check=True,
        timeout=SECONDS,
    )
    subprocess.run(
        [*uv(), "pip", "install", "--quiet", "--no-config", "--system-certs", "--python", str(made), where],
        check=True,
        timeout=SECONDS,
    )
    return made


def sbom(python: Path, project: Path) -> dict[str, object]:
    """The bill of materials of an environment, the same for the same environment."""
    command = ["cyclonedx-py", "environment", "--output-reproducible", "--of", "JSON"]
    command += ["--pyproject", str(project), str(python)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    if done.returncode:
        raise SystemExit(f"cyclonedx-py failed:\n{done.stderr}")
    document: dict[str, object] = json.loads(done.stdout)
    components = document.get("components", [])
    for component in components if isinstance(components, list) else ():
        # Where the wheel lay when it was installed is a path of this machine.
        references = component.get("externalReferences", [])
        component["externalReferences"] = [each for each in references if not each["url"].startswith("file:")]
        if not component["externalReferences"]:
            del component["externalReferences"]
    return document


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", nargs="?", type=Path, help="the wheel; built by default")
    parser.add_argument("--python", default="3.11", help="the Python to install it with")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where to put the files")
    arguments = parser.parse_args()
    python = interpreter(arguments.python)
    if python is None:
        print(f"there is no Python {arguments.python} here; name another with --python", file=sys.stderr)
        return 2
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        wheel = (arguments.wheel or build(Path(scratch, "dist"))[-1]).resolve()
        _, extras = dependencies(wheel)
        for name, chosen in (("", []), ("-all-extras", list(extras))):
            made = environment(wheel, chosen, Path(scratch, f"environment{name}"), python)
            document = sbom(made, ROOT / "pyproject.toml")
            components = document["components"]
            count = len(components) if isinstance(components, list) else 0
            file = arguments.out / f"{wheel.name.split('-py3')[0]}{name}.cdx.json"
            file.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            print(f"{file.name}: {count} components (CycloneDX {document['specVersion']}, epoch {epoch()})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
