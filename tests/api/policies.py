"""The sources that the pages' content policy allows."""

import httpx


def code(response: httpx.Response) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


def is_safe(response: httpx.Response) -> bool:
    headers = response.headers
    return (
        "frame-ancestors 'none'" in headers["content-security-policy"]
        and headers["x-content-type-options"] == "nosniff"
        and headers["x-frame-options"] == "DENY"
        and headers["referrer-policy"] == "no-referrer"
        and bool(headers["x-request-id"])
    )
