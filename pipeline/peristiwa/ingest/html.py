"""Web pages: the main text, title and date of publication, as trafilatura finds them."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from peristiwa.errors import InputError
from peristiwa.ingest.raw import Raw
from peristiwa.ingest.text import decode

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_LATIN_1 = frozenset({"iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii"})
"""What browsers read as Windows-1252, since pages that name it have curly quotes and dashes."""

_DATES = {
    "original_date": True,  # when it was published, not when it was last touched
    "extensive_search": False,  # a date found anywhere in the text is a guess, and every relative date hangs on it
    "max_date": "2100-01-01",  # the default is today, which makes results depend on the day of the run
}


def read_html(path: Path) -> Iterator[Raw]:
    """The one document of a saved web page. Raises InputError when it has no main text."""
    data = path.read_bytes()
    charset = _CHARSET.search(data[:4096])
    named = charset[1].decode("ascii").lower() if charset else None
    page = decode(data, "cp1252" if named in _LATIN_1 else named)
    if not page.strip():
        raise InputError("empty: there is no text in it.")
    for name in ("trafilatura", "htmldate"):  # they report on standard error what we report as a failure
        logging.getLogger(name).setLevel(logging.CRITICAL)
    import trafilatura

    found = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True, date_extraction_params=dict(_DATES))
    if found is None:
        raise InputError("no main text was found in this page. Save the article itself as .txt.")
    about = found if isinstance(found, dict) else found.as_dict()
    yield Raw(text=about["text"] or "", title=about["title"], published=about["date"])
