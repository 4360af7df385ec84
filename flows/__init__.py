"""Orchestration: Prefect flows and tasks, settings and the command line. Knows when and where."""

import os

# Nothing is told to anyone outside. Prefect reads these when it is imported, so they are set before.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
