"""Security event tokens of an identity provider, verified with joserfc: what is wrong is refused and not kept."""

from __future__ import annotations

import json

from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

_REGISTRY = jwt.JWTClaimsRegistry(
    iss={"essential": True, "value": settings.SHOP_ISSUER},
    aud={"essential": True, "value": settings.SHOP_AUDIENCE},
    jti={"essential": True},
)


def claims_of(token: bytes) -> bytes | None:
    """Return the claims as JSON, or none if it is not genuine or not for us. It may be old: it has no `exp`."""
    try:
        keys = KeySet.import_key_set(settings.SHOP_ISSUER_KEYS)
        decoded = jwt.decode(token.strip(), keys, algorithms=["RS256", "ES256"])
        _REGISTRY.validate(decoded.claims)
    except (JoseError, ValueError):
        return None
    return json.dumps(decoded.claims, sort_keys=True).encode() if decoded.header.get("typ") == "secevent+jwt" else None
