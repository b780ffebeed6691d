"""Third parties of the virtual network: consultations and three-way calls, leg by leg with the client's."""

from collections.abc import Callable

from dialer.core.commands import DialThirdParty, DropThirdParty, JoinParties, ResumeCall
from dialer.core.events import Event, ThirdPartyAnswered, ThirdPartyEnded
from dialer.messages import NodeId
from simulations.call_leg import CallLeg, LegState, ThirdParty
from simulations.event_list import EventList
from simulations.virtual_network import VirtualNetwork


class ThirdParties:
    """Whom agents call beside the client."""

    __slots__ = ("_emit", "_events", "_network")

    def __init__(
        self, network: VirtualNetwork, events: EventList, emit: Callable[[Event, NodeId], None]
    ) -> None:
        """Stand beside the network, with the same events."""
        self._network = network
        self._events = events
        self._emit = emit

    def dial(self, command: DialThirdParty) -> None:
        """Call a third party; he answers or not, as the client's attempt has it."""
        leg = self._network.legs.get(command.attempt_id)
        if leg is None:
            return
        leg.is_on_hold = True
        leg.third_party = ThirdParty.DIALED
        leg.third_number += 1
        at = self._events.now + self._network.plan.third_party_seconds
        self._events.schedule(at, self._answer, leg, leg.third_number)

    def _answer(self, leg: CallLeg, third_number: int) -> None:
        if leg.third_number != third_number or leg.state is not LegState.UP:
            return
        draw = leg.parties.third_party.value(leg.lead_index, leg.attempt_number)
        if draw < self._network.plan.third_party_ratio:
            leg.third_party = ThirdParty.UP
            self._emit(ThirdPartyAnswered(attempt_id=leg.attempt_id), leg.node_id)
        else:
            leg.third_party = ThirdParty.NONE
            self._emit(ThirdPartyEnded(attempt_id=leg.attempt_id), leg.node_id)

    def join(self, command: JoinParties) -> None:
        """Let all three hear each other."""
        leg = self._network.legs.get(command.attempt_id)
        if leg is None:
            return
        leg.is_on_hold = False
        if leg.third_party is ThirdParty.UP:
            leg.third_party = ThirdParty.JOINED

    def drop(self, command: DropThirdParty) -> None:
        """Hang the third party up."""
        leg = self._network.legs.get(command.attempt_id)
        if leg is not None:
            self._drop(leg)

    def resume(self, command: ResumeCall) -> None:
        """Take the client back, and drop a third party that is not joined."""
        leg = self._network.legs.get(command.attempt_id)
        if leg is None:
            return
        leg.is_on_hold = False
        if leg.third_party is not ThirdParty.JOINED:
            self._drop(leg)

    @staticmethod
    def _drop(leg: CallLeg) -> None:
        leg.third_party = ThirdParty.NONE
        leg.third_number += 1
