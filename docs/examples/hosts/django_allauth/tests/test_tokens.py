"""Security event tokens of an identity provider: genuine ones hold, wrong ones are refused and leave nothing."""

from __future__ import annotations

from typing import Any

from django.test import Client, override_settings
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from guard.models import Message
from tests.base import HOUR, MONDAY, HostTestCase

RSA, EC = RSAKey.generate_key(2048, {"kid": "r1"}), ECKey.generate_key("P-256", {"kid": "e1"})
OTHER = ECKey.generate_key("P-256", {"kid": "e1"})
PUBLIC = KeySet([RSA, EC]).as_dict(private=False)
CREDENTIAL_CHANGE = "https://schemas.openid.net/secevent/caep/event-type/credential-change"


@override_settings(SHOP_ISSUER_KEYS=PUBLIC)
class Tokens(HostTestCase):
    """Tokens that say: all second factors were removed."""

    def token(self, key: RSAKey | ECKey = EC, typ: str = "secevent+jwt", **claims: object) -> str:
        at = int(MONDAY.timestamp())
        event = {"credential_type": "ALL_FACTORS", "change_type": "revoke", "event_timestamp": at}
        said: dict[str, Any] = {"iss": "https://identity.example", "aud": "https://shop.example", "jti": "set-1"}
        said["sub_id"] = {"format": "iss_sub", "iss": said["iss"], "sub": str(self.ada.pk)}
        said |= {"iat": at, "events": {CREDENTIAL_CHANGE: event}}
        header = {"alg": "RS256" if isinstance(key, RSAKey) else "ES256", "kid": key.kid, "typ": typ}
        return jwt.encode(header, {**said, **claims}, key)

    def posted(self, token: str) -> Any:
        return Client().post("/hooks/signals", token, "application/secevent+jwt")

    def test_both_algorithms_are_read_and_delivered_again_it_is_the_same(self) -> None:
        for token in (self.token(RSA), self.token(RSA), self.token(EC, jti="set-2")):
            assert self.posted(token).json() == {"outcome": "applied"}
        assert set(self.triggers()) == {"two_factor_reset"}
        assert self.row().resumes_at == MONDAY + 48 * HOUR
        assert Message.objects.count() == 2

    def test_each_wrong_token_is_refused(self) -> None:
        head, claims, signature = self.token().split(".")
        wrong = {
            "key": self.token(OTHER),
            "issuer": self.token(iss="https://elsewhere.example"),
            "audience": self.token(aud="https://elsewhere.example"),
            "audience missing": self.token(aud=None),
            "another kind of token": self.token(typ="JWT"),
            "body": ".".join([head, claims[:-4] + "AAAA", signature]),
            "algorithm": ".".join(["eyJhbGciOiJub25lIn0", claims, ""]),
            "no token": "nothing",
            "empty": "",
        }
        for why, token in wrong.items():
            assert self.posted(token).status_code == 401, why
        assert (self.triggers(), Message.objects.count()) == ([], 0)

    def test_a_genuine_token_about_nobody_waits_for_a_person(self) -> None:
        subject = {"format": "iss_sub", "iss": "https://identity.example", "sub": "0"}
        assert self.posted(self.token(sub_id=subject)).json() == {"outcome": "parked"}
        assert Message.objects.exclude(problem="").count() == 1
