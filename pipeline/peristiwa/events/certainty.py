"""What certain words say of an event told as a fact: undone, forbidden, threatened, conditional, a rumour.

The table of modality and the network have learnt little of these; ``settled`` overrules an "asserted" of theirs.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.doubt import chance, is_able_to_come, is_asked, is_dropped, is_supposed, is_wanting, is_warned, is_weighed
from peristiwa.events.factuality import RESTRICTORS, find_modality, is_idle, markers_of
from peristiwa.events.predicate import RELATIVE, called_for, own_subjects, voice
from peristiwa.events.tree import ancestors, children, first_conjunct, is_word, relation, tokens_of
from peristiwa.types import Modality, Time

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

COMPLEMENTS = frozenset({"obj", "xcomp", "ccomp", "nsubj", "nmod", "acl", "compound"})
ATTEMPT_REACH = 3
"""Words up to which what an event is said to be part of is looked for: "gagal | mencapai | kesepakatan"."""
UNDERTAKINGS = frozenset({"TRAVEL", "MEET", "NEGOTIATE", "PROTEST", "LAUNCH", "DEPLOY", "ESTABLISH"})
"""Types of events that someone calls off before they take place; of others a body annuls what was done."""
SPEECH = frozenset({"CALL", "ACCUSE", "REJECT", "THREATEN", "SUPPORT", "AGREE"})
"""Types of events that are done by saying so: "jika terbukti, kami meminta …" asks now."""
PROOF_REACH = 4
"""Words before "bukti" among which it is said that there is none."""
NEVER = "9999"
"""Before this year, so to speak, appears what tells no day of publication."""
WORD_REACH = 8
"""Words up to which a word that opens a phrase is looked for: "ancaman maksimal tujuh tahun | penjara"."""


def is_hearsay(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True where the clause of the event is told as a rumour: "Ia dikabarkan menikah", "Konon raja itu dibunuh".

    No verb stands between but that of a relative clause: a clause of its own would be what is told so.
    """
    for at in range(candidate.start - 1, doc[candidate.head].sent.start - 1, -1):
        token = doc[at]
        behind = doc[at + 1].lower_
        if {token.lower_, token.lower_ + behind} & cues.hearsay:  # "kabarnya" is two words
            return True
        if token.pos_ == "VERB" and relation(token) != "acl":
            return False
    return False


def is_undone(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True where the event is said not to have come about: "gagal mencapai kesepakatan", "upaya membunuhnya gagal", "batal".

    What fails has taken place ("perundingan itu gagal"), unless it was an attempt; what is called off or foiled has not.
    """
    here = doc[candidate.head]
    markers = markers_of(here, min(here.i, candidate.start))
    if any(is_in(marker, cues.undone) for marker in markers) or _is_forestalled(here, cues):
        return True
    for above in islice(ancestors(here), ATTEMPT_REACH):
        kind = relation(here)
        if kind not in COMPLEMENTS or (is_in(above, cues.failing) and not is_in(above, cues.undone)):
            return False  # "gagal mencegah serangan"
        undone = any(is_in(word, cues.undone) for word in (above, *markers_of(above, above.i))) or _is_foiled(above, cues)
        if undone and (kind != "nsubj" or not is_in(above, cues.failed) or is_in(here, cues.planning)):
            return True
        here = above
    return False


def _is_forestalled(verb: Token, cues: Cues) -> bool:
    """True for "ditangkap sebelum sempat melarikan diri"; not for "Sebelum berhasil menduduki kota itu, mereka …"."""
    at = verb.i - 2
    return at > verb.sent.start and verb.doc[at + 1].lower_ in cues.managing and verb.doc[at].lower_ == "sebelum"


def _is_foiled(verb: Token, cues: Cues) -> bool:
    """True for "pelantikan wali kota urung dilaksanakan", where parsers take "urung" for the noun's."""
    return verb.i > verb.sent.start and verb.doc[verb.i - 1].lower_ in cues.foiled


def is_withheld(doc: Doc, candidate: Candidate, cues: Cues) -> Modality | None:
    """What someone would not do, does not let happen, denies or allows: "menolak berunding", "melarang warga berunjuk rasa".

    Not done is what was refused, forbidden or denied; what was allowed is planned. None where no such word governs the verb.
    """
    verb = _verb_of(doc, candidate, cues)
    if verb is None:
        return None
    before = doc[verb.i - 1] if verb.i > verb.sent.start else None
    if before is not None and is_in(before, cues.shunning) and not _is_manner(before, cues):
        return None if _is_negated(before, cues) else "negated"
    first = verb if own_subjects(verb) or not _joins(verb) else first_conjunct(verb)
    for above, raised in _governors(first):
        negated = _is_negated(above, cues)
        if is_in(above, cues.refusing | cues.denying) and not raised and voice(verb) != "passive":
            alone = first is verb or is_in(above, cues.denying)  # "menolak berunding dan menyerang" tells of an attack
            return "negated" if alone and not negated else None
        if is_in(above, cues.forbidding) and first is verb:
            return None if negated else "negated"
        if is_in(above, cues.preventing) and first is verb:
            return "possible" if _is_meant(above, cues) else None if negated else "negated"
        if is_in(above, cues.allowing) and first is verb:
            passed = relation(above) == "advcl" or any(is_in(marker, cues.anterior) for marker in markers_of(above, above.i))
            return "negated" if negated else None if passed else "planned"
        if raised:
            return None
    return None


def _is_manner(token: Token, cues: Cues) -> bool:
    """True for "dengan enggan mengirim": it was done, if unwillingly."""
    return token.i > token.sent.start and token.doc[token.i - 1].lower_ in cues.manner


def _joins(verb: Token) -> bool:
    """True for a coordinated verb that no comma parts from the first: what follows a comma may be told for itself."""
    return relation(verb) == "conj" and not any(token.text in ",;" for token in verb.doc[first_conjunct(verb).i : verb.i])


def _verb_of(doc: Doc, candidate: Candidate, cues: Cues) -> Token | None:
    """The verb that tells the event: its own, or the one that does what its noun says ("melakukan | serangan").

    Not one that begins, ends, undergoes or calls off what the noun says.
    """
    head = doc[candidate.head]
    if voice(head) != "noun" or candidate.light_verb is None:
        return head if voice(head) != "noun" else None
    lending = doc[candidate.light_verb]
    return None if is_in(lending, cues.of_course) or voice(lending) == "noun" else lending


def _governors(verb: Token) -> Iterator[tuple[Token, bool]]:
    """The words whose complement a verb is, nearest first, and whether it has a subject other than theirs.

    "menolak ikut | menandatangani" has not, "melarang warga | berdemonstrasi" has.
    """
    here, raised = verb, False
    for _ in range(ATTEMPT_REACH):
        above, kind = here.head, relation(here)
        marks = [child.lower_ for child in children(here, "mark") if child.i < here.i]
        if (
            above.i >= here.i
            or not {"untuk", "bahwa", "telah"}.issuperset(marks)
            or any(c.lower_ == RELATIVE for c in here.children)
        ):
            return
        if kind == "acl" and relation(above) == "obj" and not marks:
            above, raised = above.head, True  # parsers take "warga berdemonstrasi" for a noun with its participle
        elif kind not in ("xcomp", "ccomp") and not (kind == "advcl" and above.nbor().lower_ == "untuk"):
            return
        between = verb.doc[above.i + 1 : here.i]
        raised = raised or any(token.pos_ in ("NOUN", "PROPN", "PRON", "NUM") for token in between)
        yield above, raised
        here = above


def _is_negated(token: Token, cues: Cues) -> bool:
    return any(is_in(marker, cues.negators) for marker in markers_of(token, token.i))


def _is_meant(token: Token, cues: Cues) -> bool:
    """True where a word only tells a purpose or a plan: "untuk mencegah", "berupaya mencegah"."""
    lists = (cues.purposes, cues.future, cues.planning, cues.possible)
    around = [*markers_of(token, token.i), *islice(ancestors(token), 1 if relation(token) in COMPLEMENTS else 0)]
    return any(is_in(word, words) for word in around for words in lists)


def is_near_miss(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True for "nyaris tewas", "hampir saja menabrak"; not for "hampir 500 orang", "hampir semua"."""
    verb = _verb_of(doc, candidate, cues)
    for start in (candidate.start, verb.i if verb is not None else candidate.start):
        at = start - 1
        while at >= doc[start].sent.start and (doc[at].is_space or doc[at].lower_ in RESTRICTORS):
            at -= 1
        if at >= doc[start].sent.start and doc[at].lower_ in cues.nearly:
            return True
    return False


def is_of_nobody(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True where the subject is none at all: "Tak seorang pun tewas", "tidak ada satu pun warga yang menolong"."""
    verb = _verb_of(doc, candidate, cues)
    if verb is None:
        return False
    inside = relation(verb) == "acl"
    found = existing = False
    for at in range(verb.i - 1, verb.sent.start - 1, -1):
        token = doc[at]
        if token.lower_ in cues.even:
            found = True
        elif found and is_in(token, cues.negators):
            return existing or token.lower_ in ("tiada", "bukan") or not inside
        elif token.lower_ in cues.existing:
            existing = True
        elif (
            token.text in ",;:"
            or token.pos_ == "SCONJ"
            or (token.pos_ == "VERB" and (relation(token) != "acl" or token in ancestors(verb)))
        ):
            return False
    return False


def is_called_off(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True for "membatalkan kunjungannya", "pertemuan itu dibatalkan", "kunjungan yang dibatalkan".

    What a court or parliament annuls has taken place: "membatalkan putusan".
    """
    here = doc[candidate.head]
    if candidate.type not in UNDERTAKINGS or voice(here) != "noun":
        return False
    if relation(here) in ("compound", "nmod") and is_in(here.head, cues.acts):
        here = here.head  # "membatalkan aksi | mogok"
    around = [child for child in children(here, "acl") if voice(child) == "passive"]
    if relation(here) in ("obj", "nsubj", "nmod", "compound") and not (
        relation(here) == "nsubj" and voice(here.head) != "passive"
    ):
        around.append(here.head)
    return any(is_in(word, cues.cancelling) and not _is_negated(word, cues) and not _is_meant(word, cues) for word in around)


def is_threatened(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True for a penalty that the law threatens: "diancam pidana mati", "dengan ancaman hukuman tujuh tahun penjara"."""
    if candidate.type != "CONVICT":
        return False
    if any(is_in(token, cues.threatened) for token in doc[candidate.start : candidate.end]):
        return True
    first = first_conjunct(doc[candidate.head])
    start, noun = min(candidate.start, first.i), voice(first) == "noun"
    for at in range(start - 1, max(first.sent.start - 1, start - WORD_REACH), -1):
        token = doc[at]
        if is_in(token, cues.threatened):
            return True
        stops = token.pos_ in ("VERB", "CCONJ", "SCONJ", "PUNCT") and not is_in(token, cues.undergoing)
        if stops or (not noun and token.pos_ not in ("ADV", "AUX", "ADP")):
            return False
    return False


def is_also_threatened(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True for the last of what someone is threatened with: "terancam didenda dan | dilarang bermain"."""
    verb = doc[candidate.head]
    if voice(verb) != "passive" or own_subjects(verb) or not _joins(verb):
        return False
    first = first_conjunct(verb)
    threat = first if is_in(first, cues.threatened) else first.head
    if threat.i >= verb.i or voice(threat) != "passive" or not is_in(threat, cues.threatened):
        return False
    return any(voice(child) == "passive" for child in children(threat, "xcomp", "ccomp") if threat.i < child.i < verb.i)


def is_unproven(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True for "Tidak ditemukan bukti bahwa Rusia menyerang kota itu"; not for "kasus penganiayaan" further on."""
    verb = _verb_of(doc, candidate, cues)
    if verb is None:
        return False
    first = verb.sent.start
    proof = next((at for at in range(candidate.start - 1, first, -1) if doc[at].lower_ in cues.proofs), None)
    if proof is None:
        return False
    between = doc[proof + 1 : min(candidate.start, verb.i)]
    if any(token.text in ",;:" or (token.pos_ == "VERB" and not is_in(token, cues.proving)) for token in between):
        return False
    before = doc[max(first, proof - PROOF_REACH) : proof]
    return any(is_in(token, cues.negators) for token in before) and any(is_in(token, cues.proving) for token in before)


def is_conditional(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True in the main clause of a condition: "Jika RUU itu disahkan, pemerintah membentuk badan baru".

    Not where "jika" compares ("Jika tahun lalu ia menolak, kini ia mendukung", "Jika dibandingkan …") or asks.
    """
    verb = doc[candidate.head if candidate.light_verb is None else candidate.light_verb]
    if voice(verb) == "noun" or candidate.type in SPEECH:
        return False
    first = first_conjunct(verb)
    if any(is_in(marker, cues.anterior) for marker in markers_of(verb, verb.i)):
        return False
    if relation(first) == "advcl" and first.i > first.head.i and _opens_if(first.head, cues):
        return True  # parsers take "Seandainya" for a noun, and its clause for the main one
    for clause in children(first, "advcl"):
        opened = next((child for child in children(clause, "mark", "advmod") if child.lower_ in cues.ifs), None)
        if opened is None or opened.i > clause.i or (opened.i > first.i and not _is_close(first, opened)):
            continue
        if not any(token.lower_ in cues.comparing for token in (*doc[opened.i : clause.i + 1], *clause.subtree)):
            return not any(token.lower_ in cues.now for token in children(first, "advmod", "obl", "nsubj"))
    return False


def _opens_if(clause: Token, cues: Cues) -> bool:
    """True where the sentence opens with "seandainya" as the subject of its root."""
    first = next((token for token in clause.sent if is_word(token)), clause)
    return first.head.i == clause.i and relation(first) == "nsubj" and is_in(first, cues.ifs)


def _is_close(verb: Token, opened: Token) -> bool:
    """True where "jika" follows in the clause of a verb; "kalau" often says no more than that something is so."""
    between = verb.doc[verb.i + 1 : opened.i]
    return opened.lower_ != "kalau" and not any(
        token.pos_ in ("VERB", "PUNCT", "SCONJ", "CCONJ") or token.lower_ == "apakah" for token in between
    )


def is_in_plan(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True for "Setelah bertemu Presiden, kami akan bertemu partai lain": what speakers tell of their own next steps."""
    verb = _verb_of(doc, candidate, cues)
    if verb is None or relation(verb) != "advcl" or verb.head.i < verb.i or voice(verb) == "passive":
        return False
    opened = any(mark.lower_ in cues.aftermath - cues.causes for mark in children(verb, "mark", "case"))
    if not opened or any(is_in(marker, cues.anterior) for marker in markers_of(verb, verb.i)):
        return False
    planned = any(is_in(marker, cues.future) for marker in markers_of(verb.head, verb.head.i))
    return planned and any(subject.lower_ in cues.speakers for subject in own_subjects(verb.head))


def is_only_idle(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True where all negators before the event are idle ("paling tidak 15 tentara terluka"), and there is one."""
    before = doc[doc[candidate.head].sent.start : candidate.start]
    negators = [token for token in before if is_in(token, cues.negators)]
    return bool(negators) and all(map(is_idle, negators))


def is_over(doc: Doc, candidate: Candidate, times: Sequence[Time], published: datetime.date | None, cues: Cues) -> bool:
    """True for "Debat itu digelar pada 12 Desember 2021" in a later report, where no word says that it was only planned.

    And for what something came before: "membagikan uang menjelang pemilu pada 14 Februari 2024". A text without a day of
    publication tells of its days as a chronicle does: they are over.
    """
    points = [time.latest for time in times if time.type in ("DATE", "TIME")]
    today = published.isoformat() if published is not None else NEVER
    if not points or not all(latest is not None and latest < today for latest in points):
        return False
    if voice(doc[candidate.head]) == "noun" and candidate.light_verb is None:  # not "membahas pembangunan jalan pada 3 Mei"
        return any(case.lower_ in cues.ahead for case in children(doc[candidate.head], "case", "mark"))
    lists = (cues.future, cues.planning, cues.purposes)
    sentence = doc[candidate.head].sent
    if any(is_in(token, words) for token in sentence for words in lists) or find_modality(doc, candidate, cues) != "asserted":
        return False
    return not any(token.lower_ in cues.meant or token.lower_ + "nya" in cues.meant for token in sentence)  # "sedia | nya"


def _is_limit(doc: Doc, time: Time, cues: Cues) -> bool:
    """Whether a time is what something lasts until: "sampai | 2027"."""
    start = tokens_of(doc, time.start, time.end).start
    return start > 0 and doc[start - 1].lower_ in cues.until


def settled(
    modality: Modality, doc: Doc, candidate: Candidate, times: Sequence[Time], published: datetime.date | None, cues: Cues
) -> Modality:
    """What else the text says of a fact: undone, uncertain, or planned (of a future reference, of a day after publication)."""
    if modality == "negated" and is_only_idle(doc, candidate, cues):
        modality = "asserted"
    if modality == "planned" and is_over(doc, candidate, times, published, cues):
        modality = "asserted"
    if modality in ("asserted", "planned") and is_dropped(doc, candidate, cues):
        return "negated"
    if (likely := chance(doc, candidate, cues)) is not None:
        return likely
    if modality != "asserted":
        return modality
    undone = (is_undone, is_near_miss, is_of_nobody, is_called_off, is_unproven, is_wanting)
    if any(said(doc, candidate, cues) for said in undone):
        return "negated"
    doubted = (
        is_hearsay,
        is_threatened,
        is_also_threatened,
        is_conditional,
        is_asked,
        is_supposed,
        is_weighed,
        is_warned,
        is_able_to_come,
    )
    if any(said(doc, candidate, cues) for said in doubted):
        return "possible"
    withheld = is_withheld(doc, candidate, cues)
    if withheld is not None:
        return withheld
    verb = _verb_of(doc, candidate, cues)
    asking = called_for(verb, cues) if verb is not None else None
    if asking is not None and not _is_negated(asking, cues):
        return "planned"
    if is_in_plan(doc, candidate, cues) and not any((time.value or "")[:1].isdigit() for time in times):
        return "planned"
    for time in times:
        if _is_limit(doc, time, cues):
            continue  # "Kontrak itu diperpanjang sampai 2027"
        later = published is not None and time.earliest is not None and time.earliest > published.isoformat()
        if time.value == "FUTURE_REF" or (later and time.type in ("DATE", "TIME")):
            return "planned"
    return modality
