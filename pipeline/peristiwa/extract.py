"""The only composer of stages: a document goes in, its record comes out."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peristiwa.columns import text_of
from peristiwa.dates import find_times
from peristiwa.entities import find_entities, find_quantities
from peristiwa.entities.places import towns_by_name
from peristiwa.errors import InputError, UsageError
from peristiwa.events import find_events
from peristiwa.events.lexicon import compile_lexicon
from peristiwa.events.triggers import asks_model
from peristiwa.headlines import Headlines, load_headlines
from peristiwa.ingest import clean
from peristiwa.language import load_language, primary
from peristiwa.models import ModelSet, locate
from peristiwa.ontology import Ontology, load_ontology
from peristiwa.reading import put_back, without_marks
from peristiwa.settings import Settings, config_path, load_settings, validate
from peristiwa.types import Document, Entity, Failure, Record, Sentence, Time

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from peristiwa.annotate import Annotator
    from peristiwa.events.trace import Trace


class Extractor:
    """Models, ontology and language, loaded once; ``extract`` and ``extract_many`` turn documents into records.

    The models load at the first document, so that making an Extractor is cheap and wrong settings are told at once.
    """

    def __init__(self, settings: Settings, models: ModelSet, ontology: Ontology) -> None:
        self.settings = settings
        self.models = models
        self.ontology = ontology
        self.language = load_language(settings.language)
        self.tokens_read = 0
        self._annotator: Annotator | None = None

    def __getstate__(self) -> dict[str, Any]:
        """All but the loaded models, which the process that unpickles it loads for itself."""
        return {**self.__dict__, "_annotator": None}

    def having(self, **settings: object) -> Extractor:
        """The same, models included, with other settings of a run (workers, timeout …). Raises SettingsError."""
        if not settings:
            return self
        other: Extractor = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.settings = validate(Settings, {**self.settings.model_dump(), **settings}, "settings given by the caller")
        return other

    @property
    def is_loaded(self) -> bool:
        """Whether the models are in memory already."""
        return self._annotator is not None

    @property
    def annotator(self) -> Annotator:
        """The loaded models. Raises ModelError."""
        if self._annotator is None:
            from peristiwa.annotate import Annotator

            language, half = self.settings.language, self.settings.precision == "half"
            unasked = () if asks_model(language, self.settings.triggers, half=half) else ("triggers",)
            self._annotator = Annotator(
                {name: path for name, path in self.models.paths.items() if name not in unasked},
                language=language,
                batch_words=self.settings.batch_words,
                batch_documents=self.settings.batch_documents,
                threads=self.settings.threads,
                half=half,
            )
        return self._annotator

    def prepare(self) -> None:
        """Load the models and compile the tables now rather than at the first document. Raises ModelError, SettingsError."""
        from peristiwa.annotate import to_doc

        self.annotator  # noqa: B018
        self.read(Document("", ""), to_doc("", [], language=self.language.code))
        towns_by_name()

    def extract(self, document: Document | str, *, published: datetime.date | None = None) -> Record:
        """The record of one document, or of one text, ``published`` being the day from which its "kemarin" counts.

        Raises InputError when the document cannot be read, UsageError when a Document is given a second day.
        """
        if isinstance(document, str):
            document = Document("text", clean(document), language=self.settings.language, published=published)
        elif published is not None:
            raise UsageError("extract: a Document has its own day of publication. Give published with a text.")
        result = next(self.extract_many([document]))
        if isinstance(result, Failure):
            raise InputError(f"{result.doc_id}: failed in {result.stage}: {result.reason}")
        return result

    def extract_many(self, documents: Iterable[Document | str | Failure]) -> Iterator[Record | Failure]:
        """Records in input order, lazily. A document that fails becomes a Failure; those given in pass through.

        Texts are named by their numbers: text1, text2 … Raises UsageError for what is neither text nor Document.
        """
        for item in self.annotate_many(documents):
            yield item if isinstance(item, Failure) else self.finish(*item)

    def annotate_many(
        self, documents: Iterable[Document | str | Failure], *, literally: bool = False
    ) -> Iterator[tuple[Document, Doc] | Failure]:
        """As ``extract_many``, but only the models' part: documents with Docs of their texts ``as_read``, or ``literally``."""
        if isinstance(documents, str | Document):  # a string is a sequence of letters, too
            raise UsageError("extract_many takes several documents. Give a list of them, or this one to extract.")
        return self._annotated(documents, literally)

    def _annotated(
        self, documents: Iterable[Document | str | Failure], literally: bool
    ) -> Iterator[tuple[Document, Doc] | Failure]:
        stream = (self._document(item, number) for number, item in enumerate(documents, 1))
        while chunk := list(islice(stream, self.settings.batch_documents)):
            chunk = [self._refuse_other_languages(item) for item in chunk]
            texts = [item for item in chunk if isinstance(item, Document)]
            if not literally:
                texts = [replace(item, text=self.as_read(item.text)) for item in texts]
            docs = iter(self.annotator.annotate_safely(texts) if texts else ())  # models load at the first text
            for item in chunk:
                if isinstance(item, Failure):
                    yield item
                    continue
                doc = next(docs)
                yield doc if isinstance(doc, Failure) else (item, doc)

    def as_read(self, text: str) -> str:
        """What the models are given of a text: without invisible marks inside words, headlines in sentence case."""
        return self._headlines.in_sentence_case(without_marks(text))

    @cached_property
    def _headlines(self) -> Headlines:
        return load_headlines(self.language, compile_lexicon(self.ontology).verbs)

    def _document(self, item: Document | str | Failure, number: int) -> Document | Failure:
        if isinstance(item, str):
            try:
                return Document(f"text{number}", clean(item), language=self.settings.language)
            except InputError as error:
                return Failure(f"text{number}", "", "ingest", str(error))
        if not isinstance(item, Document | Failure):
            raise UsageError(f"cannot extract from a {type(item).__name__}: give a text or a peristiwa.types.Document.")
        return item

    def _refuse_other_languages(self, item: Document | Failure) -> Document | Failure:
        """A document that says it is in another language would give records that look right and are not."""
        if isinstance(item, Failure) or primary(item.language) == self.language.code:
            return item
        found = primary(item.language)
        reason = f"is in language {item.language!r}, this run reads {self.language.code!r}; run it with --language {found}"
        return Failure(item.doc_id, item.source, "extract", reason)

    def finish(self, document: Document, doc: Doc) -> Record | Failure:
        """The record of an annotated document, or the Failure that a stage makes of it; counts its words."""
        self.tokens_read += len(doc) - int(doc.to_array(["IS_SPACE"]).sum())
        try:
            return self.read(document, doc)
        except Exception as error:  # whatever a stage raises costs this document only, and is told
            reason = f"{type(error).__name__}: {error}"
            return Failure(document.doc_id, document.source, "extract", reason)

    def mentions(self, document: Document, doc: Doc) -> tuple[list[Entity], list[Time]]:
        """The names and times of an annotated document; a date that is part of a name is none ("Serangan Umum 1 Maret")."""
        entities = find_entities(doc, self.language)
        named = [(entity.start, entity.end) for entity in entities if entity.type in ("LAW", "EVT")]
        times = find_times(doc, published=document.published, language=self.language)
        return entities, [t for t in times if not any(start <= t.start and t.end <= end for start, end in named)]

    def read(self, document: Document, doc: Doc) -> Record:
        """The record of an annotated document: everything after the models, a pure function of its arguments."""
        entities, times = self.mentions(document, doc)
        text = text_of(doc)
        quantities = find_quantities(text, self.language, not_in=[*times, *entities])
        events = find_events(
            doc,
            times,
            entities,
            self.ontology,
            published=document.published,
            mode=self.settings.triggers,
            language=self.language,
            min_confidence=self.settings.min_confidence,
            half=self.settings.precision == "half",
        )
        sentences = tuple(Sentence(*bounds) for bounds in sentence_bounds(doc, text))
        record = Record(document, sentences, tuple(entities), tuple(times), tuple(quantities), tuple(events))
        return record if text == document.text else put_back(record, document.text)


def explain(extractor: Extractor, document: Document, doc: Doc) -> Trace:
    """Why ``extractor.read`` finds what it finds in an annotated document, and why not more (``events.trace``)."""
    from peristiwa.events.trace import explain as explain_events

    entities, times = extractor.mentions(document, doc)
    trace = explain_events(
        doc,
        times,
        entities,
        extractor.ontology,
        published=document.published,
        mode=extractor.settings.triggers,
        language=extractor.language,
        min_confidence=extractor.settings.min_confidence,
        half=extractor.settings.precision == "half",
    )
    return trace if text_of(doc) == document.text else put_back(trace, document.text)


def sentence_bounds(doc: Doc, whole: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence of a Doc, whose text is ``whole``, that holds more than white space; none at its edges."""
    for sentence in doc.sents:
        text = whole[sentence.start_char : sentence.end_char]
        start = sentence.start_char + len(text) - len(text.lstrip())
        end = sentence.start_char + len(text.rstrip())
        if end > start:
            yield start, end


def load(language: str | None = None, config: Path | str | None = None) -> Extractor:
    """An Extractor with the settings of ``config`` over the defaults. Raises SettingsError, ModelError."""
    settings = load_settings(config)
    if language is not None:
        settings = settings.model_copy(update={"language": language})
    return load_with(settings)


def load_with(settings: Settings) -> Extractor:
    """An Extractor with these settings. Raises SettingsError, ModelError."""
    ontology = load_ontology(_ontology_path(settings.ontology))
    return Extractor(settings, locate(settings.models or settings.language), ontology)


def _ontology_path(name: str) -> Path:
    """A path of the user's own, or a file of the configuration folder."""
    own = Path(name)
    return own if own.exists() else config_path(name)
