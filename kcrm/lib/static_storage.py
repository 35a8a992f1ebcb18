"""How static files are named and kept once they are collected."""

from __future__ import annotations

from typing import Final

from whitenoise.storage import CompressedManifestStaticFilesStorage

# `import ... from "./page.js"`, `import "./page.js"` and `import("./page.js")` in our own modules.
MODULE_IMPORTS: Final = (
    r"""(?P<matched>(?P<word>\b(?:from|import)\s*\(?\s*)"(?P<url>\.[^"\n]+\.js)")""",
    """%(word)s"%(url)s\"""",
)


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed; our modules import each other by their hashed names, so that all may be cached for ever.

    Django's own switch for this reads every library's scripts, comments included, and fails on django-htmx.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", (MODULE_IMPORTS,)))
