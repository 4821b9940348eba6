"""What patients mean by a short answer, in the languages that messages are written in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import Enum, auto


class Meaning(Enum):
    YES = auto()
    NO = auto()
    STOP = auto()
    UNCLEAR = auto()


YES = (
    "1 y yes yep ok okay confirm confirmed j ja jawohl bestatigt bestatige e evet tamam onay "
    "onayliyorum olur si oui da 👍 ✅ ✓ ✔"
)
NO = "2 n no nope nein h hayir cancel iptal absagen absage storno non net 👎 ❌"
STOP = "stop stopall unsubscribe optout dur durdur stopp abmelden abbestellen"
POLITE = (
    "thanks thank you please danke vielen dank bitte tesekkurler tesekkur ederim lutfen sagolun "
    "sagol"
)
"""Words that change nothing of what an answer means."""

_MEANINGS: Mapping[str, Meaning] = {
    **dict.fromkeys(YES.split(), Meaning.YES),
    **dict.fromkeys(NO.split(), Meaning.NO),
    **dict.fromkeys(STOP.split(), Meaning.STOP),
}
_POLITE = frozenset(POLITE.split())


def meaning(text: str) -> Meaning:
    """Of the whole answer: "yes, but later" is for a person to read."""
    words = plain_words(text)
    if not words or len(words) > 6:
        return Meaning.UNCLEAR
    found = _MEANINGS.get(words[0], Meaning.UNCLEAR)
    rest = [word for word in words[1:] if word not in _POLITE]
    if found is Meaning.UNCLEAR or any(_MEANINGS.get(word) is not found for word in rest):
        return Meaning.UNCLEAR
    return found


def plain_words(text: str) -> list[str]:
    """Small letters without marks; "EVET", "Evet." and "evét" are one word, and so are "HAYIR" and
    "hayır", whichever alphabet the telephone thinks in."""
    small = unicodedata.normalize("NFKD", text).casefold().replace("ı", "i")
    # the colour of an emoji's skin is told by a sign of its own
    kept = "".join(
        ch
        for ch in unicodedata.normalize("NFKD", small)
        if not unicodedata.category(ch).startswith("M") and not "\U0001f3fb" <= ch <= "\U0001f3ff"
    )
    kept = "".join(str(unicodedata.digit(ch)) if ch.isdigit() else ch for ch in kept)
    return re.findall(r"[^\W_]+|[👍👎✅✓✔❌]", kept)
