"""SIP messages: what is written is read back, and nothing that comes can do harm."""

from hypothesis import given
from hypothesis import strategies as st

from asterisk_config.lab.sip_message import SipMessage, answer, parse, request, speech_offer

HEADERS = (
    ("Via", "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKone;rport"),
    ("From", '"a;tag=no" <sip:15559999@127.0.0.1>;tag=theirs'),
    ("To", "<sip:15550000@127.0.0.1>"),
    ("Call-ID", "call-1"),
    ("CSeq", "7 INVITE"),
    ("Contact", "<sip:asterisk@127.0.0.1:5060>"),
)
URI = "sip:15550000@127.0.0.1:5080"
TEXT = st.text(st.characters(max_codepoint=255), max_size=30)
NAMES = st.sampled_from(["Via", "v", "From", "To", "Call-ID", "CSeq", "Content-Length", "Contact", "l", "X"])
VALUES = st.one_of(
    TEXT,
    st.sampled_from(["1 INVITE", "9" * 30, "-1", "²", "1 BYE", "SIP/2.0/UDP a;branch=b", "<sip:a@b>;tag=c"]),
)
FIRST_LINES = st.one_of(
    TEXT, st.sampled_from(["INVITE sip:a@b SIP/2.0", "SIP/2.0 200 OK", "SIP/2.0 ²²² OK", "SIP/2.0 999 X"])
)
BODIES = st.one_of(
    TEXT,
    st.builds(
        "v=0\r\nc=IN IP4 {}\r\nm=audio {} RTP/AVP {}\r\n".format,
        st.sampled_from(["127.0.0.1", "999.999.999.999", "1.2.3", "1...........4"]),
        st.integers(min_value=0, max_value=99999),
        st.sampled_from(["0", "8", "0 8", "101"]),
    ),
)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A good message but for one thing, or for any number of things."""
    headers = dict(HEADERS)
    lines = ["INVITE sip:15550000@127.0.0.1 SIP/2.0"]
    if draw(st.booleans()):
        headers |= draw(st.dictionaries(NAMES, VALUES, min_size=1, max_size=2))
    if draw(st.booleans()):
        lines = [draw(FIRST_LINES)]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + draw(BODIES)).encode("latin-1", "replace")


def facts(message: SipMessage) -> tuple[object, ...]:
    """Everything that can be asked of a message."""
    return (
        message.call_id,
        message.sequence,
        message.branch,
        message.from_tag,
        message.to_tag,
        message.user,
        message.caller,
        message.contact_uri,
        message.speech_place,
    )


def invite(body: str = "") -> SipMessage:
    """A good INVITE as it is read."""
    message = parse(request("INVITE", URI, HEADERS, body))
    assert message is not None
    return message


@given(st.one_of(st.binary(max_size=300), messages()))
def test_datagram_of_any_bytes_is_a_message_or_none(datagram: bytes) -> None:
    """Nothing that comes in raises, neither when read nor when asked or answered."""
    message = parse(datagram)
    if message is not None:
        assert message.call_id
        assert bool(message.method) is (message.status == 0)
        assert len(facts(message)) == 9
        parse(answer(message, 200, tag="ours"))


@given(st.integers(min_value=1, max_value=65535), st.integers(min_value=100, max_value=699))
def test_answer_of_any_status_is_read_back_with_the_requests_names(port: int, status: int) -> None:
    """An answer belongs to its request: transaction, call, number; our tag is added; speech is found."""
    read = parse(answer(invite(), status, tag="ours", body=speech_offer("127.0.0.1", port)))
    assert read is not None
    assert (read.status, read.branch, read.call_id) == (status, "z9hG4bKone", "call-1")
    assert (read.sequence, read.from_tag, read.to_tag) == ((7, "INVITE"), "theirs", "ours")
    assert read.speech_place == ("127.0.0.1", port)


def test_invite_tells_who_calls_whom() -> None:
    """Number and caller are those of the addresses; a name in quotes is not mistaken for a tag."""
    message = invite()
    assert (message.user, message.caller, message.from_tag) == ("15550000", "15559999", "theirs")
    assert message.contact_uri == "sip:asterisk@127.0.0.1:5060"


def test_answer_within_a_call_keeps_the_tag_that_is_there() -> None:
    """A request that has a tag already gets no second one."""
    headers = [(name, f"{value};tag=ours" if name == "To" else value) for name, value in HEADERS]
    message = parse(request("INVITE", URI, headers))
    assert message is not None
    read = parse(answer(message, 200, tag="another"))
    assert read is not None
    assert read.to_tag == "ours"


def test_message_with_short_and_folded_headers_is_read() -> None:
    """Short names mean the long ones, and a line that begins with a space goes on."""
    short = b"BYE sip:a@b SIP/2.0\r\nv: SIP/2.0/UDP c;\r\n branch=d\r\nf: <sip:e@f>;tag=g\r\n"
    message = parse(short + b"t: <sip:a@b>;tag=h\r\ni: j\r\nCSeq: 2 BYE\r\nl: 0\r\n\r\n")
    assert message is not None
    assert (message.method, message.branch, message.call_id, message.to_tag) == ("BYE", "d", "j", "h")


def test_message_whose_body_is_cut_or_whose_method_contradicts_is_none() -> None:
    """A promise of more body than came, and a CSeq of another method, are refused."""
    whole = request("INVITE", URI, HEADERS, speech_offer("127.0.0.1", 4000))
    assert parse(whole) is not None
    assert parse(whole[:-5]) is None
    assert parse(whole.replace(b"7 INVITE", b"7 BYE")) is None


def test_offer_without_our_codec_has_no_place_to_speak_to() -> None:
    """Speech that is not mu-law is none for us."""
    body = speech_offer("127.0.0.1", 4000)
    assert invite(body).speech_place == ("127.0.0.1", 4000)
    assert invite(body.replace("RTP/AVP 0", "RTP/AVP 8")).speech_place is None
    assert invite(body.replace("IN IP4 127.0.0.1", "IN IP4 999.0.0.1")).speech_place is None
