"""How Sphinx makes a site of these pages. Nothing is fetched, neither when it is made nor when it is read."""

from __future__ import annotations

import sys
from pathlib import Path

import mermaidx
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

DOCS = Path(__file__).parent

project = "withdraw_guard"
extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build", "examples"]

html_theme = "furo"
html_title = "withdraw_guard"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False

myst_heading_anchors = 3
myst_fence_as_directive = ["mermaid"]

# The docstrings say `check`, not ``check``, like the pages.
default_role = "code"
add_module_names = False
maximum_signature_line_length = 96
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
# Links into Python's own documentation, and Hypothesis', need an inventory that would have to be fetched; the short
# names are aliases and variables of types.
nitpick_ignore_regex = [
    (r"py:.*", r"(collections|datetime|enum|types|typing|hypothesis)\..*"),
    (r"py:.*", r"date|datetime|timedelta|tzinfo|Frozen|Journal|SearchStrategy|Clause|Scene|Door|Deed|Term|Way|_Host"),
]


class Mermaid(SphinxDirective):
    """A picture in Mermaid, drawn when the site is made: who reads it needs neither a script nor a network.

    Mermaid's own code draws it, in an engine that comes with the package. A host of code draws the same block itself.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        picture = mermaidx.render("\n".join(self.content)).svg().replace("my-svg", f"mermaid-{self.env.new_serialno()}")
        return [nodes.raw("", f'<div class="mermaid">{picture}</div>', format="html")]


def to_public_name(app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Element) -> nodes.Node | None:
    """Resolve a name of a signature by its last word: first in its own module, then in the library, then anywhere."""
    domain = env.domains["py"]
    name = node["reftarget"].rpartition(".")[2]
    here, everywhere = (
        node.get("py:module"),
        sorted(found for found in domain.objects if found.rpartition(".")[2] == name),
    )
    for target in (f"{here}.{name}", f"withdraw_guard.{name}", *everywhere):
        if target in domain.objects:
            return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", target, node, content)
    return None


def write_pages(_app: Sphinx) -> None:
    """Write the pages that only repeat the code. Git ignores them."""
    sys.path.insert(0, str(DOCS))
    from reference_pages import pages_of_the_site

    for name, text in pages_of_the_site().items():
        page = DOCS / name
        page.parent.mkdir(exist_ok=True)
        page.write_bytes(text.encode())


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", write_pages)
    app.add_directive("mermaid", Mermaid)
    app.connect("missing-reference", to_public_name)


# Names that are private, and what a type variable stands for.
nitpick_ignore = [
    ("py:class", "_ActionWithEvent"),
    ("py:class", "withdraw_guard.problem._Options"),
    ("py:class", "EntryPoint"),
    ("py:class", "_E"),
    ("py:class", "withdraw_guard._model.policy.T"),
]
