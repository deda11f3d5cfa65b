"""Is this delivery from Matching, fresh, and not one that was taken before? Python 3.8 and later, nothing to install."""
import base64
import hashlib
import hmac
import sys
import time

TOLERANCE = 300  # seconds, both ways


class Refused(Exception):
    """Answer 400. Its text is forged, late or malformed."""


def verify(secrets, headers, body, seen, now=None):
    """True: take it, and keep its webhook-id in the transaction in which you do. False: you have it already; answer 200 and do nothing.

    secrets: every whsec_… that holds, two of them while one is being changed; headers: names in small letters; body: the bytes as they came, before
    anything reads them; seen: says of a webhook-id whether you have taken it.
    """
    now = time.time() if now is None else now
    message, stamp, signatures = (headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature"))
    if not message or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise Refused("malformed")
    signed = message.encode() + b"." + stamp.encode() + b"." + body
    expected = [hmac.new(base64.b64decode(secret[len("whsec_"):]), signed, hashlib.sha256).digest() for secret in secrets]
    if not any(hmac.compare_digest(mine, theirs) for theirs in read(signatures) for mine in expected):
        raise Refused("forged")
    if abs(now - int(stamp)) > TOLERANCE:
        raise Refused("late")
    return not seen(message)


def read(signatures):
    for one in signatures.split(" "):
        version, _, text = one.partition(",")
        if version == "v1":
            try:
                yield base64.b64decode(text, validate=True)
            except ValueError:
                pass


if __name__ == "__main__":
    taken = set()
    for line in open(sys.argv[1], encoding="utf-8").read().splitlines()[1:]:
        case, now, secrets, message, stamp, signature, body, _ = line.split("\t")
        headers = {"webhook-id": message, "webhook-timestamp": stamp, "webhook-signature": signature}
        try:
            verdict = "taken" if verify(secrets.split(" "), headers, base64.b64decode(body), taken.__contains__, int(now)) else "again"
            taken.add(message)
        except Refused as why:
            verdict = str(why)
        print(f"{case}\t{verdict}")
