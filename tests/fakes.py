"""A stand-in for the extractor that needs no model: fast, deterministic, and as badly behaved as a text tells it to be."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from peristiwa.extract import Extractor
from peristiwa.models import ModelSet
from peristiwa.ontology import load_ontology
from peristiwa.settings import Settings
from peristiwa.types import Document, Entity, Event, Failure, Quantity, Record, Sentence, Time, Trigger

_SENTENCE = re.compile(r"[^\s.!?](?:[^.!?\n]*[^\s.!?])?[.!?]?")
_WORD = re.compile(r"\w+")


class Fake(Extractor):
    """Sentences at full stops; capitals are names, numbers are times and quantities, words in "meng-" are events.

    A text with "LEMPAR" raises, with "MACET" sleeps for ever, with "RAKUS" takes memory until there is none, with "MATI"
    ends its process; ``delay`` is the time that a document takes, in seconds.
    """

    def __init__(self, delay: float = 0.0, **settings: object) -> None:
        super().__init__(Settings(**settings), ModelSet("id", "id", "test", {}), load_ontology())  # type: ignore[arg-type]
        self.delay = delay
        self._annotator = "none"  # type: ignore[assignment]

    @property
    def annotator(self) -> str:  # type: ignore[override]
        """There are no models, in whatever process."""
        return "none"

    def annotate_many(self, documents: Iterable[Document | Failure]) -> Iterator[tuple[Document, str] | Failure]:  # type: ignore[override]
        stream = iter(documents)
        while chunk := list(islice(stream, self.settings.batch_documents)):
            for item in chunk:
                if isinstance(item, Document):
                    self._behave(item.text)
            for item in chunk:
                if self.delay:
                    time.sleep(self.delay)
                yield item if isinstance(item, Failure) else (item, item.text)

    def _behave(self, text: str) -> None:
        if "MACET" in text:
            time.sleep(3600)
        if "RAKUS" in text:
            hoard = []
            while True:
                hoard.append(bytes(256 << 20))  # not touched: it is the limit of addresses that ends it
        if "MATI" in text:
            os._exit(9)

    def finish(self, document: Document, doc: str) -> Record | Failure:  # type: ignore[override]
        text = document.text
        if "LEMPAR" in text:
            return Failure(document.doc_id, document.source, "extract", "ValueError: dilempar")
        if "LEDAK" in text:
            raise RuntimeError("meledak")
        self.tokens_read += len(_WORD.findall(text))
        sentences = tuple(Sentence(*match.span()) for match in _SENTENCE.finditer(text))
        starts = [sentence.start for sentence in sentences]
        entities: list[Entity] = []
        times: list[Time] = []
        quantities: list[Quantity] = []
        events: list[Event] = []
        at = 0
        for match in _WORD.finditer(text):
            start, end = match.span()
            word = match[0]
            while at + 1 < len(starts) and starts[at + 1] <= start:
                at += 1
            if word[0].isupper():
                entities.append(Entity(f"T{len(entities) + 1}", "ORG", start, end, word, word))
            elif word.isdecimal() and len(word) == 4:
                times.append(Time(f"D{len(times) + 1}", "DATE", start, end, word, word, None, word))
            elif word.isdecimal() and len(word) < 12:
                quantities.append(Quantity(f"Q{len(quantities) + 1}", start, end, word, int(word)))
            elif word.startswith("meng"):
                same = next((e.id for e in reversed(events[-20:]) if e.trigger.text == word), None)
                events.append(
                    Event(f"E{len(events) + 1}", "ADOPT", Trigger(start, end, word, word), at, same_as=same, rule="fake")
                )
        return Record(document, sentences, tuple(entities), tuple(times), tuple(quantities), tuple(events))


class Assassin(Fake):
    """Kills the process that its own works for, once in a run, when it comes to document "d060"; ``mark`` tells whom."""

    def __init__(self, mark: Path, **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]
        self.mark = mark

    def finish(self, document: Document, doc: str) -> Record | Failure:  # type: ignore[override]
        if document.doc_id == "d060":
            with suppress(FileExistsError), self.mark.open("x") as out:
                out.write(str(os.getppid()))
                out.flush()
                os.kill(os.getppid(), signal.SIGKILL)
        return super().finish(document, doc)


def sample(number: int) -> str:
    """A text of some sentences that no other number has."""
    return (
        f"Dewan ke {number} mengesahkan {number % 97} pasal pada {1900 + number % 100}. "
        f"Menteri Laut mengumumkan hasilnya.\n\nKota {number} mengadakan {number % 7} rapat, “kata” juru bicara. é"
    )
