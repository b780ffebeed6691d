"""Faults in the laboratory's telephones: truths that are none, tones mistaken, datagrams that do harm."""

from tests.house.mutants.mutant import Mutant

UNIT = "tests/unit/asterisk_config/lab"
MESSAGES = f"{UNIT}/test_sip_message.py"
DIGEST = f"{UNIT}/test_sip_digest.py"
POPULATION = f"{UNIT}/test_population.py"
TONES = f"{UNIT}/test_tones.py"
LABORATORY = "tests/integration/test_sip_laboratory.py"
CARRIER = "tests/integration/test_sip_carrier.py"


def fault(name: str, catches: str, path: str, before: str, after: str) -> Mutant:
    """A fault in a file of the laboratory."""
    return Mutant(
        name=f"laboratory: {name}",
        catches=catches,
        path=f"asterisk_config/lab/{path}",
        before=before,
        after=after,
    )


MUTANTS: tuple[Mutant, ...] = (
    fault(
        "a length that is no number is believed",
        f"{MESSAGES}::test_datagram_of_any_bytes_is_a_message_or_none",
        "sip_message.py",
        "if not (length.isascii() and length.isdecimal() and len(length) < 6 and int(length) <= len(body)):",
        "if int(length) > len(body):",
    ),
    fault(
        "an address that cannot be is believed",
        f"{MESSAGES}::test_datagram_of_any_bytes_is_a_message_or_none",
        "sip_message.py",
        "except AddressValueError:",
        "except ZeroDivisionError:",
    ),
    fault(
        "an answer's tag is lost",
        f"{MESSAGES}::test_answer_of_any_status_is_read_back_with_the_requests_names",
        "sip_message.py",
        "if tag and not asked.to_tag:",
        "if tag and asked.to_tag:",
    ),
    fault(
        "the counter is left out of the proof",
        f"{DIGEST}::test_proof_of_the_rfcs_example_is_the_rfcs",
        "sip_digest.py",
        "{count:08x}:{own_nonce}:auth:{what}",
        "{own_nonce}:auth:{what}",
    ),
    fault(
        "a challenge without a realm is read",
        f"{DIGEST}::test_challenge_of_any_text_is_read_or_none",
        "sip_digest.py",
        'if "realm" not in found or "nonce" not in found:',
        'if "nonce" in found and "realm" not in found:',
    ),
    fault(
        "lots depend on who was called before",
        f"{POPULATION}::test_random_population_in_any_order_does_the_same",
        "population.py",
        'lots = random.Random(f"{self.seed}/{number}/{attempt}")',
        "lots = random.Random(random.getrandbits(8))",
    ),
    fault(
        "mu-law's steps are half as high",
        f"{TONES}::test_sample_of_any_size_comes_back_nearly_the_same",
        "tones.py",
        "exponent = magnitude.bit_length() - 8",
        "exponent = max(0, magnitude.bit_length() - 9)",
    ),
    fault(
        "an agent is taken for a client",
        f"{TONES}::test_listener_of_any_speech_knows_who_spoke_in_which_order",
        "tones.py",
        "Tone.AGENT: _waves(AGENT_HERTZ),",
        "Tone.AGENT: _waves(CLIENT_HERTZ),",
    ),
    fault(
        "a listener who knows who speaks never listens again",
        f"{TONES}::test_listener_of_any_speech_knows_who_spoke_in_which_order",
        "tones.py",
        "self._due = FRAMES_BETWEEN_CHECKS",
        "self._due = 1_000_000",
    ),
    fault(
        "a repeated INVITE is a call of its own",
        f"{CARRIER}::test_invite_that_comes_twice_is_one_call",
        "sip_carrier.py",
        "if message.call_id not in self._calls:",
        "if message.call_id:",
    ),
    fault(
        "a busy number declines",
        f"{LABORATORY}::test_call_of_every_fate_ends_with_the_cause_that_asterisk_is_known_to_report",
        "population.py",
        "Fate.BUSY: 486,",
        "Fate.BUSY: 603,",
    ),
    fault(
        "an agent's phone plays the client's tone",
        f"{LABORATORY}::test_agent_and_client_in_one_bridge_hear_each_other",
        "sip_phone.py",
        "return cycle(tone_frames(AGENT_HERTZ))",
        "return cycle(tone_frames(1000.0))",
    ),
    fault(
        "an answer is given only once",
        f"{CARRIER}::test_answer_that_nobody_acknowledges_is_repeated_and_given_up",
        "sip_dialog.py",
        "            pause_seconds = min(2 * pause_seconds, REPEAT_SECONDS_MAX)\n"
        "            self.endpoint.send(self._last, self._address)\n",
        "            pause_seconds = min(2 * pause_seconds, REPEAT_SECONDS_MAX)\n",
    ),
)
