"""The lemmatiser's dictionary, made larger after training than the treebanks make it.

What is not in the dictionary goes to the network, which invents roots ("meneken" → "neken"). Added are the derivations of
the ontology's roots, whose lemma is known for certain, and every common word with a capital, as at the start of a
sentence; names keep their form.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path

from peristiwa.events.morphology import derive
from peristiwa.ontology import Ontology, load_ontology

ANY, NAME = "*", "PROPN"
FORM = 3
"""The form of dictionary of Stanza's checkpoints that is read and written here: JSON, compressed."""


def extend_dictionary(path: Path) -> int:
    """Add to the dictionary of the lemmatiser in ``path``; returns how many entries it gained."""
    import torch

    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    if checkpoint["dicts_version"] != FORM:
        raise ValueError(f"{path}: a dictionary of form {checkpoint['dicts_version']}, not {FORM}")
    dictionary = json.loads(gzip.decompress(checkpoint["dicts"]))
    before = sum(map(len, dictionary.values()))
    words = dictionary[ANY]
    known = {word for entries in dictionary.values() for word in entries}
    words |= {word: root for word, root in derivations(load_ontology()).items() if word not in known}
    for word, lemma in list(words.items()):
        capital = word.capitalize()
        if word.islower() and capital not in known:
            words[capital] = lemma
            dictionary[NAME][capital] = capital
    checkpoint["dicts"] = gzip.compress(json.dumps(dictionary, ensure_ascii=False).encode(), mtime=0)
    torch.save(checkpoint, path, _use_new_zipfile_serialization=False)
    return sum(map(len, dictionary.values())) - before


def derivations(ontology: Ontology) -> dict[str, str]:
    """Every derived word of the ontology's roots that can come from one root only, with that root."""
    roots: dict[str, set[str]] = defaultdict(set)
    for event_type in ontology.types.values():
        for entry in event_type.entries:
            for affixes in ontology.affixes(entry.forms):
                for root in entry.roots:
                    for form in derive(root, affixes):
                        if form.surface.isalpha():
                            roots[form.surface].add(root)
    return {word: next(iter(own)) for word, own in sorted(roots.items()) if len(own) == 1}
