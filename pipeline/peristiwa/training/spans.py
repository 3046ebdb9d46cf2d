"""Training files for the two span models: ``ner`` (named entities) and ``triggers`` (event types of trigger words).

Four public entity sets and our own event documents are brought to the five types of ``annotation.md``.
The public sets do not mark laws and named events (spacyndo does, thinly), so an "O" there proves nothing about
them. Stanza can mask single tokens, but its CRF then scores transitions out of a masked tag without bound, so
our layer of a sentence in doubt is masked whole: where an untagged name starts like a law or an event ("Piala FA"),
and where schools or hospitals are tagged in another way than ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peristiwa.records import record_to_dict
from peristiwa.training.standoff import read_standoff

ENTITY_TYPES = ("PER", "ORG", "LOC", "LAW", "EVT")

ENTITY_SETS: dict[str, dict[str, str]] = {
    "idner2k": {"PER": "PER", "ORG": "ORG", "LOC": "LOC"},
    "indolem_nerui": {"PERSON": "PER", "ORGANIZATION": "ORG", "LOCATION": "LOC"},
    "indonlu_nergrit": {"PERSON": "PER", "ORGANISATION": "ORG", "PLACE": "LOC"},
    "spacyndo_gsd18": {
        "PERSON": "PER",
        "ORG": "ORG",
        "GPE": "LOC",
        "LOC": "LOC",
        "FAC": "LOC",
        "LAW": "LAW",
        "EVENT": "EVT",
        "NORP": "NORP",
    },
}
"""Tags of each set that are ours; all others become O. NORP is settled by ``party_or_none``."""

LAW_OR_EVENT_HEADS = frozenset(
    """asian badai deklarasi ekspo expo festival gempa grand hari inpres kejuaraan kepres keppres konferensi kongres
    konser konstitusi konvensi krisis ktt kuhap kuhp liga muktamar munas olimpiade operasi pasal pemberontakan pemilu
    peraturan perda perjanjian permen perang perppu perpres perpu pertempuran piagam piala pilbup pilgub pilkada
    pilpres pp proklamasi protokol rakernas resolusi revolusi ruu sea statuta traktat turnamen undang undang-undang
    uu uud""".split()
)

SCHOOL_OR_HOSPITAL = frozenset(
    """akademi college fakultas hospital institut kampus politeknik rs rsu rsud rsup sd school sekolah sltp sma sman
    smk smp smpn smu stm universitas university""".split()
)

TITLES = frozenset(
    """bapak bu bupati dr drs dra gubernur hj ibu imam ir jenderal kaisar kapten kh kolonel lord menteri mr mrs nabi
    nyonya pak pangeran paus perdana presiden prof putri raden raja ratu sir sultan tuan ustadz wali""".split()
)
"""First words of a PER span that our guideline leaves outside; a span made of them alone is kept."""

Tagged = list[tuple[str, str]]
"""One sentence: (token, BIO tag)."""


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """Tokens ``start`` to ``end`` (exclusive) and their type."""

    start: int
    end: int
    type: str


def read_bio(path: Path) -> list[Tagged]:
    """Read ``token TAB tag`` lines with a blank line between sentences."""
    sentences: list[Tagged] = [[]]
    for line in path.read_text(encoding="utf8").split("\n"):
        if line.strip():
            columns = line.split("\t")
            sentences[-1].append((columns[0], columns[-1]))
        elif sentences[-1]:
            sentences.append([])
    return [sentence for sentence in sentences if sentence]


def spans_of(tags: Sequence[str]) -> list[TokenSpan]:
    """Spans of a BIO sequence; an I- that continues nothing begins a span."""
    spans: list[TokenSpan] = []
    start, kind = -1, ""
    for position, tag in enumerate([*tags, "O"]):
        if kind and tag != f"I-{kind}":
            spans.append(TokenSpan(start, position, kind))
            kind = ""
        if tag != "O" and not kind:
            start, kind = position, tag[2:]
    return spans


def tags_of(spans: Iterable[TokenSpan], length: int) -> list[str]:
    """The BIO sequence of spans that do not overlap."""
    tags = ["O"] * length
    for span in spans:
        tags[span.start : span.end] = [f"B-{span.type}"] + [f"I-{span.type}"] * (span.end - span.start - 1)
    return tags


def party_or_none(words: Sequence[str]) -> str | None:
    """spacyndo's NORP mixes peoples, religions (no type of ours) and parties (ORG)."""
    is_party = words[0].lower() == "partai" or (len(words) == 1 and len(words[0]) > 2 and words[0].isupper())
    return "ORG" if is_party else None


def our_spans(words: Sequence[str], spans: Iterable[TokenSpan], mapping: dict[str, str]) -> list[TokenSpan]:
    """Map types and repair spans: titles leave PER, a closing bracketed abbreviation becomes its own mention."""
    found: list[TokenSpan] = []
    for span in spans:
        kind = mapping.get(span.type)
        if kind == "NORP":
            kind = party_or_none(words[span.start : span.end])
        if kind is None:
            continue
        start, end = span.start, span.end
        if kind == "PER":
            while start < end and words[start].lower().rstrip(".") in TITLES | {".", ""}:
                start += 1
            start = span.start if start == end else start
        opening = next((i for i in range(start + 1, end) if words[i] == "("), None)
        if opening is not None and words[end - 1] == ")" and end - opening > 2:
            found.append(TokenSpan(start, opening, kind))
            found.append(TokenSpan(opening + 1, end - 1, kind))
        else:
            found.append(TokenSpan(start, end, kind))
    return found


def in_doubt(words: Sequence[str], tags: Sequence[str]) -> bool:
    """Whether an untagged word may begin a law or named event, or a school or hospital is not ORG."""
    for position, (word, tag) in enumerate(zip(words, tags, strict=True)):
        lower = word.lower()
        following = words[position + 1] if position + 1 < len(words) else ""
        names_next = following[:1].isupper() or following[:1].isdigit() or following.lower() in {"nomor", "no", "-"}
        if tag == "O" and lower in LAW_OR_EVENT_HEADS and word[:1].isupper() and names_next:
            return True
        if lower in SCHOOL_OR_HOSPITAL and not tag.endswith("ORG") and (word[:1].isupper() and names_next):
            return True
    return False


def own_tags(sentence: Tagged, name: str) -> list[str]:
    """The tags of a sentence of one public set, in our types."""
    words = [word for word, _ in sentence]
    return tags_of(our_spans(words, spans_of([tag for _, tag in sentence]), ENTITY_SETS[name]), len(words))


Tokenise = Callable[[str], list[list[tuple[int, int]]]]
"""From a text to its sentences, each a list of token offsets."""


def read_documents(path: Path) -> list[dict[str, Any]]:
    """Records, one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf8").split("\n") if line]


def training_documents(data: Path) -> list[dict[str, Any]]:
    """The hand-annotated documents for learning: those of ``data/events``, and running text annotated by us."""
    return read_documents(data / "events/train.jsonl") + [record_to_dict(record) for record in read_standoff(data)]


def align(tokens: Sequence[tuple[int, int]], marks: Iterable[tuple[int, int, str]]) -> list[TokenSpan]:
    """Character marks as token spans: every token that a mark touches belongs to it; the first mark wins."""
    taken: set[int] = set()
    spans: list[TokenSpan] = []
    for start, end, kind in sorted(marks):
        touched = [i for i, (a, b) in enumerate(tokens) if a < end and b > start and i not in taken]
        if touched:
            spans.append(TokenSpan(touched[0], touched[-1] + 1, kind))
            taken.update(range(touched[0], touched[-1] + 1))
    return spans


def document_sentences(documents: Iterable[dict[str, Any]], what: str, tokenise: Tokenise) -> list[Tagged]:
    """Event documents as tagged sentences; ``what`` is "entities" or "events" (their triggers)."""
    sentences: list[Tagged] = []
    for document in documents:
        text = document["text"]
        if what == "entities":
            marks = [(e["start"], e["end"], e["type"]) for e in document["entities"] if e["type"] in ENTITY_TYPES]
        else:
            marks = [(e["trigger"]["start"], e["trigger"]["end"], e["type"]) for e in document["events"]]
        for tokens in tokenise(text):
            tags = tags_of(align(tokens, marks), len(tokens))
            sentences.append([(text[a:b], tag) for (a, b), tag in zip(tokens, tags, strict=True)])
    return sentences


def stanza_tokeniser(model: Path) -> Tokenise:
    """Our own tokenizer, so that the span models learn on the tokens that they will meet."""
    import stanza

    # Stanza wants a list of its packages even when every model is named; ours is empty.
    (model.parent / "resources.json").write_text("{}\n", encoding="utf8")
    pipeline = stanza.Pipeline(
        lang="id",
        processors="tokenize",
        tokenize_model_path=str(model),
        download_method=None,
        allow_unknown_language=True,
        dir=str(model.parent),
        use_gpu=False,
        verbose=False,
    )

    def tokenise(text: str) -> list[list[tuple[int, int]]]:
        return [[(t.start_char, t.end_char) for t in s.tokens] for s in pipeline(text).sentences]

    return tokenise


def write_tagged(sentences: Iterable[Tagged], path: Path) -> None:
    """Write Stanza's JSON form of tagged sentences."""
    rows = [[{"text": word, "ner": tag} for word, tag in sentence] for sentence in sentences]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf8")


LAYERS = ("own", "idner2k", "indonlu_nergrit", "indolem_nerui", "spacyndo_gsd18")
"""Output layers of the name tagger: our guideline first, then each public set's own tags, as published.

The sets contradict one another and our guideline (idner2k leaves countries untagged where they act or modify), so each
has a layer of its own over one shared encoder, and masks the others'. Stanza masks whole sentences cleanly.
"""

FIRST_MIX = {"events": 2, "idner2k": 3, "indonlu_nergrit": 2, "indolem_nerui": 2}
LAST_MIX = {"events": 1, "idner2k": 5, "indonlu_nergrit": 2}
"""How often each set is repeated in the two stages; sets not named once."""

MASKED = "-"

Layered = list[tuple[str, tuple[str, ...]]]
"""One sentence: (token, a tag per layer)."""


def layered(sentence: Tagged, name: str, own: Sequence[str] | None) -> Layered:
    """A sentence of set ``name`` with its published tags in its layer, ``own`` in the first, the rest masked."""
    return [
        (word, tuple((own[n] if own else MASKED) if at == "own" else tag if at == name else MASKED for at in LAYERS))
        for n, (word, tag) in enumerate(sentence)
    ]


def layered_set(folder: Path, name: str) -> list[Layered]:
    """The training part of one public set; where it is in doubt for our types, our layer is masked."""
    sentences = []
    for sentence in read_bio(folder / name / "train.bio"):
        own = own_tags(sentence, name)
        sentences.append(layered(sentence, name, None if in_doubt([word for word, _ in sentence], own) else own))
    return sentences


def write_layered(sentences: Iterable[Layered], path: Path) -> None:
    """Write Stanza's JSON form of sentences with several layers of tags."""
    rows = [[{"text": word, "multi_ner": list(tags)} for word, tags in sentence] for sentence in sentences]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf8")


def prepare_ner(data: Path, work: Path, tokenise: Tokenise) -> None:
    """Write ``work/ner/train.json``, ``train-last.json`` (the mixes of the stages) and ``dev.json``."""
    folder = work / "ner"
    sets = {name: layered_set(data / "ner", name) for name in ENTITY_SETS}
    annotated = document_sentences(training_documents(data), "entities", tokenise)
    sets["events"] = [layered(sentence, "own", [tag for _, tag in sentence]) for sentence in annotated]
    for file, mix in (("train.json", FIRST_MIX), ("train-last.json", LAST_MIX)):
        write_layered((s for name, members in sets.items() for s in members * mix.get(name, 1)), folder / file)
    # Steps are chosen on the public sets; the event documents of dev.jsonl only measure.
    chosen_on = [
        layered(sentence, name, own_tags(sentence, name))
        for name in ("idner2k", "indonlu_nergrit")
        for sentence in read_bio(data / "ner" / name / "dev.bio")
    ]
    write_layered(chosen_on, folder / "dev.json")


def prepare_triggers(data: Path, work: Path, tokenise: Tokenise) -> None:
    """Write ``work/triggers/{train,dev}.json``: BIO tags are event types."""
    parts = {"train": training_documents(data), "dev": read_documents(data / "events/dev.jsonl")}
    for part, documents in parts.items():
        write_tagged(document_sentences(documents, "events", tokenise), work / "triggers" / f"{part}.json")
