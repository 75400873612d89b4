"""How static files are served in production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Where modules of ours import each other, one import on a line. Of others' modules the plain names do, which are served too:
# Django's own pattern for all scripts stumbles over examples in their comments.
MODULES = "logistics/checkpoint/*.js"
IMPORT = r"""(?P<matched>import(?P<import>\s*\{[^}]*\})\s*from\s*["'](?P<url>\.{1,2}/.*?)["']\s*;)"""


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed names also inside `import … from "./other.js";` of our modules, so that no browser mixes two versions."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (MODULES, ((IMPORT, 'import%(import)s from "%(url)s";'),)),
    )
