"""Certificates of an authority made for one test run, good ones and bad."""

from __future__ import annotations

import datetime
import ssl
from functools import cache

import trustme


@cache
def authority() -> trustme.CA:
    return trustme.CA()


def trust() -> ssl.SSLContext:
    """As a client's: checks certificates and names, and trusts this authority alone."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


@cache
def serving(kind: str = "good") -> ssl.SSLContext:
    """As a server's: "good" for localhost, "other" for another name, "expired", or "stranger" of
    an authority that nobody trusts."""
    issuer = trustme.CA() if kind == "stranger" else authority()
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    name = "elsewhere.example" if kind == "other" else "localhost"
    made = issuer.issue_cert(name, not_after=past if kind == "expired" else None)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.configure_cert(context)
    return context
