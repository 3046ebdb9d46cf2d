"""A body and the person who speaks for it, told as one name by the model, parted: "Universitas Andalas Asrinaldi".

The tables of names tell where the body or the place ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from peristiwa.entities.gazetteer import country_codes
from peristiwa.entities.grammar import Grammar
from peristiwa.entities.mention import Mention, overlaps
from peristiwa.entities.tables import Tables
from peristiwa.entities.words import EntityWords

BRACKETED = re.compile(r"(?P<full>.+)\s\((?P<short>[A-Z][\w-]+)\)(?:\s(?P<place>[A-Z]\w+(?:\s[A-Z]\w+)?))?\s(?P<last>\S+)")
"""A body with its short form, perhaps its place, and one word more."""

ONE_NAME = re.compile(r"[A-Z][a-z'’]+")
SMALL_BEFORE = 40
"""Characters before a body in which the word for its member stands ("pengamat politik dari Universitas …")."""


@dataclass(frozen=True)
class Parter:
    """Looks at the mentions of one text."""

    text: str
    grammar: Grammar
    tables: Tables

    @property
    def words(self) -> EntityWords:
        return self.grammar.words

    def part(self, model: Sequence[Mention]) -> list[Mention]:
        """The mentions, those parted that hold two names."""
        out: list[Mention] = []
        for mention in self._whole_bodies(model):
            before = out[-1] if out else None
            if before and before.end >= mention.end:
                continue
            out += self._parts(mention, before, model)
        return [m for m, following in zip_longest(out, out[1:]) if following is None or not overlaps(m, following)]

    def closed(self, mention: Mention) -> list[Mention]:
        """A war and who fought in it: "Perang Dunia I" "Jerman", "Perang Teluk" "Angkatan Udara Amerika Serikat".

        What stands behind a title is a person ("Revolusi Prancis Raja Louis XVI").
        """
        war = self.words.event.war.match(self.text, mention.start, mention.end) if mention.type == "EVT" else None
        if war is None or war.end() + 1 >= mention.end:
            return [mention]
        at = war.end() + 1
        title = self.grammar.titles.match(self.text, at, mention.end) if self.grammar.titles else None
        country = self.tables.countries.match(self.text, at)
        if self.words.event.actor.match(self.text, at):
            of = self.tables.countries.match(self.text, mention.end + 1)
            rest = Mention(at, of.end() if of and self.text[mention.end] == " " else mention.end, "ORG")
        elif title and title.end() < mention.end:
            rest = Mention(title.end(), mention.end, "PER")
        elif country and war["closed"]:
            rest = Mention(at, country.end(), "LOC")
        else:
            return [mention]
        return [mention._replace(end=war.end()), rest]

    def _whole_bodies(self, model: Sequence[Mention]) -> list[Mention]:
        """ "Universitas Gadjah" and "Mada Wahyudi", or "Airlangga Herlambang" alone, as the body and the person."""
        mentions = list(model)
        for person in [m for m in model if m.type == "PER"]:
            for match in self.tables.full_bodies.finditer(self.text, max(0, person.start - 80), person.end):
                if match.start() < person.start < match.end() < person.end:
                    mentions = [m for m in mentions if not overlaps(m, Mention(*match.span(), "ORG"))]
                    mentions += [Mention(*match.span(), "ORG"), Mention(match.end() + 1, person.end, "PER")]
        return sorted(mentions)

    def _parts(self, mention: Mention, before: Mention | None, model: Sequence[Mention]) -> list[Mention]:
        if mention.type == "EVT":
            return self.closed(mention)
        if parts := self._titled(mention):
            return parts
        title = self.grammar.titles.match(self.text, mention.start, mention.end) if self.grammar.titles else None
        if title and mention.type == "PER":  # "Jubir MA Suharto"
            mention = mention._replace(start=title.end())
        if mention.type == "ORG" and (parts := self._foreign(mention) or self._ranked(mention)):
            return parts
        words = self.text[mention.start : mention.end].split(" ")
        if len(words) < 2 or mention.type not in ("PER", "ORG"):
            return [mention]
        for count in (2, 1):
            head, rest = " ".join(words[:count]), words[count:]
            cut = mention.start + len(head)
            if not rest:
                continue
            person = Mention(cut + 1, mention.end, "PER")
            beside = before and before.type == "ORG" and self.text[before.end : mention.start] == " "
            if mention.type == "PER" and beside and before and (self._is_town(head) or self.tables.is_body(head)):
                return [Mention(before.start, cut, "ORG"), person]  # "DPD Golkar" "Jabar Bahtiar", "Fraksi PKB" "DPR Jazilul"
            if mention.type == "PER" and self._is_town(head) and self._after(mention.start, self.words.post_before):
                return [Mention(mention.start, cut, "LOC"), person]  # "Sleman Kustini"
            if mention.type == "PER" and self.tables.is_body(head) and self._is_posted(mention.start):
                return [Mention(mention.start, cut, "ORG"), person]  # "Persib Glenn"
        return self._member(mention, words, model) if mention.type == "ORG" else [mention]

    def _foreign(self, mention: Mention) -> list[Mention]:
        """ "Media Inggris Daily Mail": the country and the paper; but "Harian Indonesia Raya"."""
        media = self.words.medium.match(self.text, mention.start, mention.end)
        at = media.end() if media else mention.start
        word = self.text[max(0, at - 12) : max(0, at - 1)].split()[-1:]
        told = word and word[0].lower() in self.words.medium_ends and self._after(at, self.words.medium_before)
        country = self.tables.countries.match(self.text, at, mention.end) if media or told else None
        if country is None or country.end() + 1 >= mention.end:
            return []
        if country_codes(self.tables.language)[country.group()] == self.tables.home:
            return []
        return [Mention(*country.span(), "LOC"), mention._replace(start=country.end() + 1)]

    def _ranked(self, mention: Mention) -> list[Mention]:
        """ "Dinas Penerangan Koarmabar Letkol Ariris": a rank parts the person from the body."""
        rank = self.words.inner_rank.search(self.text, mention.start, mention.end)
        if rank is None:
            return []
        body, person = mention._replace(end=rank.start()), Mention(rank.end(), mention.end, "PER")
        name = self.text[person.start : person.end]
        return [body, person] if name.istitle() and name not in self.words.arms else [body]

    def _titled(self, mention: Mention) -> list[Mention]:
        """ "Tanahlaut H Khairil Anwar" behind "Bupati", "Tala HM Zazuli" anywhere: a title parts the person from a place.

        A single letter may be an initial ("Yasonna H Laoly").
        """
        name = self.text[mention.start : mention.end]
        inner = self.words.inner_title.search(name) if mention.type == "PER" else None
        if inner is None:
            return []
        head, rest = name[: inner.start()], name[inner.end() :]
        local = self._is_town(head) or self._after(mention.start, self.words.post_before)
        if not local and rest[1] == " ":
            return []
        place = [Mention(mention.start, mention.start + len(head), "LOC")] if local else []
        return [*place, Mention(mention.start + inner.end(), mention.end, "PER")]

    def _member(self, mention: Mention, words: Sequence[str], model: Sequence[Mention]) -> list[Mention]:
        """A known body, or one and its place, with one word more, behind the word for one of its members.

        Without a place, the word must be a person's elsewhere in the text: a body's branch may be called anything.
        """
        last = words[-1]
        cut = mention.end - len(last) - 1
        placed_last = any(self.tables.is_place(" ".join(words[at:])) for at in range(1, len(words)))  # "DPRD Kalimantan Timur"
        if not ONE_NAME.fullmatch(last) or placed_last or self._is_branch(last):
            return [mention]
        if self._is_posted(mention.start) and self._is_closed(mention):
            return [Mention(mention.start, cut, "ORG"), Mention(cut + 1, mention.end, "PER")]
        heads = [n for n in range(1, len(words)) if self.tables.is_body(" ".join(words[:n]))]
        placed = any(self.tables.is_place(" ".join(words[n:-1])) for n in heads)
        whole = len(words) - 1 in heads and (len(words) > 2 or self._is_person(last, mention, model))
        if not (placed or whole) or not self._of_member(mention.start):
            return [mention]
        return [Mention(mention.start, cut, "ORG"), Mention(cut + 1, mention.end, "PER")]

    def _is_closed(self, mention: Mention) -> bool:
        """Whether a body's name ends before the last word: "… Bencana (BNPB) Suharyanto", "PT Adaro Tbk Garibaldi".

        A kind of bodies has a name behind its short form: "Lembaga Pemasyarakatan (Lapas) Cipinang".
        """
        before = self.text[mention.start : mention.end].rpartition(" ")[0]
        if self.words.names.company_after.search(before):
            return True
        match = BRACKETED.fullmatch(self.text, mention.start, mention.end)
        if match is None or not (self.tables.is_body(match["full"]) or self.tables.is_body(match["short"])):
            return False
        return match["place"] is None or self.tables.is_place(match["place"])

    def _is_person(self, word: str, mention: Mention, model: Sequence[Mention]) -> bool:
        return any(m.type == "PER" and m != mention and word in self.text[m.start : m.end].split() for m in model)

    def _is_branch(self, word: str) -> bool:
        """Words that a body's own name may go on with."""
        return word in self.words.names.heads or word in self.words.directions or word in self.words.title_words

    def _of_member(self, at: int) -> bool:
        """Whether the word for a member stands before: "Pengamat politik", "Ketua", "dosen hukum"."""
        return self._after(at, self.words.member_before)

    def _is_posted(self, at: int) -> bool:
        """Whether a title or the word for a member stands before."""
        return self._of_member(at) or self._after(at, self.words.title_before)

    def _after(self, at: int, word: re.Pattern[str]) -> bool:
        return word.search(self.text[max(0, at - SMALL_BEFORE) : at]) is not None

    def _is_town(self, name: str) -> bool:
        return self.tables.is_place(name) and name not in self.words.given_towns
