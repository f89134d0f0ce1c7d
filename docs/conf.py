"""How Sphinx makes a site of these pages. Nothing is fetched, neither when it is made nor when it is read."""

from __future__ import annotations

import re
import sys
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

from mermaid_pictures import draw_pictures, drawn_at  # noqa: E402 - the line above says where it is

project = "withdraw_guard"
extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build", "examples", "playground"]

html_theme = "furo"
html_title = "withdraw_guard"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
# How-tos come before symbols.
html_search_scorer = str(DOCS / "static" / "scorer.js")
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
    (r"py:.*", r"(collections|datetime|decimal|enum|types|typing|hypothesis)\..*"),
    (r"py:.*", r"Decimal|date|datetime|timedelta|tzinfo"),
    (r"py:.*", r"Frozen|Journal|SearchStrategy|Clause|Scene|Door|Deed|Term|Way|_Host"),
]


# ── Pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────

# A person reads the letters of these pictures, so they keep their size and scroll; a click opens the file.
IS_LARGE = re.compile(r"(timeline|chart)-[^/]*\.svg$")


class Mermaid(SphinxDirective):
    """A picture in Mermaid, as a file of the site."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        source = "\n".join(self.content).strip("\n")
        place = drawn_at(source)
        svg = (Path(self.env.app.outdir) / place).read_text("utf-8")
        width, height = (float(size) for size in re.findall(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"', svg)[0])
        title = re.search(r"<title[^>]*>(.*?)</title>", svg)
        name = escape(title[1] if title else "diagram", quote=True)
        address = "../" * self.env.docname.count("/") + place
        image = f'<img class="mermaid" src="{address}" alt="{name}" width="{width:.0f}" height="{height:.0f}">'
        picture = f'<div class="picture"><a href="{address}" title="Open the picture">{image}</a></div>'
        return [nodes.raw("", picture, format="html")]


def enlarge(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let a timeline or a chart keep its size in a part of the page that scrolls, and open its file by a click."""
    for image in list(doctree.findall(nodes.image)):
        large = IS_LARGE.search(image["uri"])
        if large and isinstance(image.parent, nodes.paragraph):
            address = "../" * docname.count("/") + "_images/" + app.env.images[image["uri"]][1]
            image["classes"].append(large[1])
            link = nodes.reference("", "", image.deepcopy(), refuri=address, reftitle="Open the picture", internal=True)
            image.parent.replace_self(nodes.container("", nodes.paragraph("", "", link), classes=["picture"]))


def offer_playground(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Link to the playground from the first page, the tutorial and each published policy, if it stands in the site."""
    policy = pagename.removeprefix("policies/")
    is_policy = policy != pagename and policy != "not-done"
    if (is_policy or pagename in ("index", "tutorial")) and (app.outdir / "playground" / "index.html").exists():
        up = "../" * pagename.count("/")
        address = f"{up}playground/index.html" + (f"#policy={policy}" if is_policy else "")
        what = "Try this policy in the playground" if is_policy else "Try it in the playground"
        said = f'<p class="playground"><a href="{address}">{what}</a>: in your browser, nothing to install.</p>'
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{said}", 1)


def close_other_branches(_app: Sphinx, _name: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Let the sidebar show the pages of the branch that is read, and of any other branch its first page only."""
    whole = context.get("toctree")
    if whole is not None:
        context["toctree"] = lambda **options: whole(**{**options, "collapse": True})


def mend_signatures(_app: Sphinx, _name: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Tell a screen reader that the lines of a long signature are no list of definitions."""
    body = re.sub(r"<dl>(?=\s*<dd><em class=\"sig-param)", '<dl role="presentation">', context.get("body", ""))
    context["body"] = body.replace('<dd><em class="sig-param', '<dd role="presentation"><em class="sig-param')


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    from reference_pages import pages_of_the_site

    for name, text in pages_of_the_site().items():
        page = DOCS / name
        page.parent.mkdir(exist_ok=True)
        page.write_bytes(text.encode())


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", write_pages)
    app.connect("builder-inited", lambda app: draw_pictures(DOCS, Path(app.outdir)))
    app.connect("doctree-resolved", enlarge)
    app.connect("html-page-context", offer_playground)
    app.connect("html-page-context", mend_signatures)
    app.connect("html-page-context", close_other_branches, priority=1)
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
