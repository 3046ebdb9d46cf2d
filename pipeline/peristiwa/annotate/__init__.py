"""Text to spaCy Docs: Stanza's models (``stanza``), the bridge (``convert``) and the frozen form (``conllu``)."""

from __future__ import annotations

from peristiwa.annotate.conllu import doc_to_conllu, docs_from_conllu
from peristiwa.annotate.convert import to_doc
from peristiwa.annotate.stanza import Annotator

__all__ = ["Annotator", "doc_to_conllu", "docs_from_conllu", "to_doc"]
