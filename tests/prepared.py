"""Migrate the test database once and copy it for every worker: `python -m tests.prepared WORKERS COMMAND…`.

The migrations of Wagtail cost more than hundreds of tests. The command is a pytest run with `-n WORKERS --reuse-db`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def run(workers: int, command: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    with tempfile.TemporaryDirectory(prefix="gcm-tests-") as folder:
        if not os.environ.get("TEST_DATABASE_URL"):
            os.environ["TEST_SQLITE_FILE"] = str(Path(folder) / "test.sqlite3")
        make_copies(workers)
        return subprocess.call(command)


def make_copies(workers: int) -> None:
    """The names are those pytest-django gives the databases of its workers."""
    import django
    from django.db import connection

    django.setup()
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    for number in range(workers):
        if connection.vendor == "sqlite":
            shutil.copy(name, f"{name}_gw{number}")
        else:
            connection.creation.clone_test_db(suffix=f"gw{number}", verbosity=0, autoclobber=True)
            connection.close()


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), sys.argv[2:]))
