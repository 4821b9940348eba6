"""Languages by their English names."""

from __future__ import annotations

LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "fa": "Persian", "fr": "French", "he": "Hebrew", "hi": "Hindi",
    "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "zh": "Chinese",
}  # fmt: skip
"""The usual ones by their code."""


def language_words(language: str) -> str:
    """ "Turkish" of "tr" or "tr_TR"; what is no code stands as it was typed."""
    typed = language.strip()
    code = typed.replace("_", "-").partition("-")[0].lower()
    if code in LANGUAGES and (typed.lower() == code or len(typed) <= 6):
        return LANGUAGES[code]
    if not (2 <= len(code) <= 3 and code.isascii() and code.isalpha() and len(typed) <= 6):
        return typed
    from babel import Locale, UnknownLocaleError  # for the rare ones alone

    try:
        return Locale(code).get_language_name("en") or typed
    except (UnknownLocaleError, ValueError):
        return typed


def language_code(typed: str) -> str:
    """ "tr" of "Turkish"; what is no language's name stands as it was typed."""
    name = " ".join(typed.split()).casefold()
    for code, known in LANGUAGES.items():
        if known.casefold() == name:
            return code
    if len(name) < 4:
        return " ".join(typed.split())
    from babel import Locale  # for the rare ones alone

    for code, known in Locale("en").languages.items():
        if len(code) <= 3 and known.casefold() == name:
            return str(code)
    return " ".join(typed.split())
