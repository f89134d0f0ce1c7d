"""Is a message genuine? A signature over the body with an instant, or a signed token; else `NotGenuine`, and nothing
of it is kept."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

TOLERANCE = timedelta(minutes=5)


class NotGenuine(Exception):
    """The message is not what the sender signed, not for us, or from another time."""


def signature_of(secret: bytes, body: bytes, at: datetime) -> str:
    """Return the header with which the vendor signs: the instant, and the MAC over the instant and the body."""
    instant = str(int(at.timestamp()))
    mac = hmac.new(secret, instant.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={instant},v1={mac}"


def verify_signature(secret: bytes, body: bytes, header: str, now: datetime) -> None:
    """Refuse a body that was not signed with the secret, or that was signed at another time."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    try:
        at = datetime.fromtimestamp(int(parts.get("t", "")), UTC)
    except (ValueError, OverflowError, OSError):
        raise NotGenuine("the signature has no instant") from None
    if not hmac.compare_digest(signature_of(secret, body, at).encode(), header.strip().encode()):
        raise NotGenuine("the signature does not fit the body")
    if abs(now - at) > TOLERANCE:
        raise NotGenuine("the signature is too old, or ahead of our clock")


def claims_of(token: bytes, keys: KeySet, issuer: str, audience: str) -> bytes:
    """Return the claims of a security event token as JSON. It has no `exp`, so its age is no matter."""
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        jti={"essential": True},
    )
    try:
        decoded = jwt.decode(token.strip(), keys, algorithms=["RS256", "ES256"])
        if decoded.header.get("typ") != "secevent+jwt":
            raise NotGenuine("the token is no security event token")
        registry.validate(decoded.claims)
    except (JoseError, ValueError) as fault:
        raise NotGenuine(str(fault)) from None
    return json.dumps(decoded.claims, sort_keys=True).encode()
