"""Brat standoff (.txt with .ann beside it) to and from records: the form in which people annotate.

One layout, read strictly so that a slip of the hand is found where it was made::

    T1	ORG 20 36	Majelis Umum PBB          entities PER ORG LOC LAW EVT, times DATE TIME DURATION SET,
    T7	ADOPT 37 49	mengeluarkan              triggers (type = event type), and ARG for every other filler
    E1	ADOPT:T7 agent:T1 object:T9 object2:T10 time:T2
    A1	modality E1 planned                       asserted is left out
    A2	phase E1 start
    R1	same_as Arg1:E5 Arg2:E1
    #1	AnnotatorNotes T2	value=2019-12;mod=START
    #2	AnnotatorNotes E1	date=2019-12
    #3	AnnotatorNotes T9	refers_to=Konvensi Budapest

A span over a line break is written as brat does, in fragments around the break ("20 25;26 36"), and is one span here;
any other discontinuous span is an error. A text is read with the line ends that a run gives it, and its spans move along.
Sentences, lemmas, names, links, quantities and intervals have no place in brat.
"""

from peristiwa.brat.read import read_brat, read_brat_folder, read_metadata
from peristiwa.brat.write import annotation_conf, file_stem, record_to_ann, write_brat, write_metadata

__all__ = [
    "annotation_conf",
    "file_stem",
    "read_brat",
    "read_brat_folder",
    "read_metadata",
    "record_to_ann",
    "write_brat",
    "write_metadata",
]
