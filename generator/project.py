"""Makes openapi-python-client use the templates in `templates/client/`.

It parses the spec, names classes and modules, and writes the files. Their text is ours, because its own output is too
brittle for an API that does not keep to its description.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.schema import UntrustedString
from ruamel.yaml import YAML

from . import client_view, naming, rendering, spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .nodes import Json

FOLDER = Path(__file__).resolve().parent
TEMPLATES = FOLDER / "templates" / "client"


def write(document: Json, folder: Path, package: Path) -> None:
    """Write the operations, the models and the client into `package`.

    Args:
        document: The spec.
        folder: Where files of no further use may be left.
        package: The package to write.

    Raises:
        SystemExit: openapi-python-client cannot use a part of the spec, or one of our templates.
    """
    view = spec.for_client(document)
    source = folder / "client-view.yaml"
    with source.open("w", encoding="utf-8") as stream:
        YAML(typ="safe").dump(view, stream)
    config = Config.from_sources(
        ConfigFile.load_from_path(FOLDER / "config.yaml"),
        MetaType.NONE,
        source,
        "utf-8",
        overwrite=True,
        output_path=package,
    )
    problems = _write(view, config, client_view.context(document))
    if problems:
        details = "\n".join(f"{problem.header}: {problem.detail}" for problem in problems)
        message = f"openapi-python-client could not take the whole spec:\n{details}"
        raise SystemExit(message)


def _write(view: Json, config: Config, context: dict[str, Any]) -> Sequence[GeneratorError]:
    parsed = GeneratorData.from_dict(view, config=config)
    if isinstance(parsed, GeneratorError):
        return [parsed]
    _name_by_role(parsed, view, config)
    check_templates(TEMPLATES)
    project = Project(openapi=parsed, config=config, custom_template_path=TEMPLATES)
    # If another version of the generator lacks an attribute, it must not become an empty string.
    project.env.undefined = StrictUndefined
    project.env.globals.update(context)
    project.env.filters.update(rendering.FILTERS)
    return project.build()


def check_templates(folder: Path) -> None:
    """Check that each of our templates overrides one of the generator's: it would ignore any other.

    Raises:
        SystemExit: one does not.
    """
    originals = files("openapi_python_client") / "templates"
    for template in sorted(folder.iterdir()):
        if not originals.joinpath(template.name).is_file():
            message = f"the generator has no template {template.name} any more: adapt generator/templates/client"
            raise SystemExit(message)


def _name_by_role(parsed: GeneratorData, view: Json, config: Config) -> None:
    """Name the fields of models as `naming.name_of` does."""
    schemas = {naming.class_name(name): schema for name, schema in view["components"]["schemas"].items()}
    for model in parsed.models:
        members = schemas.get(model.class_info.name, {}).get("properties", {})
        for field in [*(model.required_properties or ()), *(model.optional_properties or ())]:
            role = members.get(field.name.get_untrusted_value(), {}).get("x-role")
            if role is not None:
                field.set_python_name(UntrustedString(role), config)
