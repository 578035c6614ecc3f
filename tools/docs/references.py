"""A Sphinx extension: finds what a type annotation means by the last part of its name.

Annotations name their types as the module does that has them, which is seldom the name that the site documents.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from sphinx.util.nodes import make_refnode

from lp_engagement_client import models, payload_types

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


def resolve(app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement) -> nodes.Node | None:
    """Link a name to the public thing it stands for, or to the fields of a model in the reference of the spec.

    Returns:
        The link; the bare name for what the standard library has, which no file on this machine describes; `None` if
        nothing is known, and then the build fails.
    """
    if node.get("refdomain") != "py":
        return None
    target = str(node["reftarget"])
    name = target.rpartition(".")[2]
    places = {
        (entry.docname, entry.node_id)
        for full, entry in env.domains.python_domain.objects.items()
        if full.rpartition(".")[2] == name and not entry.aliased and entry.objtype not in {"attribute", "method"}
    }
    if len(places) == 1:
        document, anchor = places.pop()
        return _link(app, node, document, anchor, content)
    # The reference has the fields of a model, which are the keys of its TypedDict.
    schema = name.removesuffix("Dict") if hasattr(payload_types, name) else name
    if schema != name or hasattr(models, name):
        slugs: dict[str, Any] = env.metadata.get("reference", {}).get("myst_slugs", {})
        if schema.lower() in slugs:
            return _link(app, node, "reference", slugs[schema.lower()][1], content)
    if target.partition(".")[0] in sys.stdlib_module_names:
        return content
    return None


def _link(app: Sphinx, node: pending_xref, document: str, anchor: str, content: nodes.TextElement) -> nodes.reference:
    return make_refnode(app.builder, str(node["refdoc"]), document, anchor, content, anchor)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
