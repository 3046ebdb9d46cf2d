"""Text to spaCy Docs: Stanza's models (``engine``, ``stanza``), the bridge (``convert``), the frozen form (``conllu``)."""

from __future__ import annotations

from peristiwa.annotate.annotator import Annotator
from peristiwa.annotate.conllu import doc_to_conllu, docs_from_conllu
from peristiwa.annotate.convert import to_doc

__all__ = ["Annotator", "doc_to_conllu", "docs_from_conllu", "to_doc"]
