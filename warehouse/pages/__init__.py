"""Pages to look at: a dashboard of the whole warehouse, and one article with what was found in it.

Comes in: a read-only connection. Goes out: HTML files that need no network and no other file.
"""

from warehouse.pages.article import write_article
from warehouse.pages.dashboard import write_dashboard

__all__ = ["write_article", "write_dashboard"]
