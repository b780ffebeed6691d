"""What each answer tells the browser to refuse; nothing inline, nothing evaluated, nothing from elsewhere."""

from aiohttp import web

from agent_console.parts import parts_of

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the style sheet's own small pictures
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
    # Not `no-referrer`: a form's POST would then come with the origin `null` (Fetch standard, 3.2).
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
TRANSPORT_SECURITY = "max-age=31536000"


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler: add them to every answer, also to those of aiohttp itself."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if parts_of(request).site.is_secure:
        response.headers.setdefault("Strict-Transport-Security", TRANSPORT_SECURITY)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Server"] = "Paceline"  # not which version of what
