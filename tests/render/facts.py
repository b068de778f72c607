"""What the lanes of a road say, asked without the words: the judge of every generated sentence."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from kvmendian.model.lanes import SECOND, SOURCE, ZERO, evaluate, sign_of
from kvmendian.model.road import road


def opposite(order):
    return "big" if order == "little" else "little"


class Facts:
    """A story's lanes by place; `low` are those that the access moves, least significant first."""

    def __init__(self, story):
        self.story, self.s = story, story.setup
        self.loose = any(lane in SECOND for step in story.road.steps for lane in step.lanes)
        self.road = known_again(story) if self.loose else story.road
        self.places = {step.place: k for k, step in enumerate(self.road.steps)}

    def lanes(self, place):
        return self.road.steps[self.places[place]].lanes

    def as_integer(self, k):
        """The lanes of a step as its owner reads them, least significant first."""
        step = self.road.steps[k]
        return step.lanes if step.kind == "integer" or self.s.host == "little" else step.lanes[::-1]

    def low(self, k):
        return self.as_integer(k)[: self.s.width]

    def turned(self, k):
        """Whether the bytes stand the other way round than before: of zeros nobody can tell."""
        before = self.low(k - 1)
        tells = before[::-1] != before or set(before) == {ZERO}
        return self.s.width > 1 and tells and self.low(k) == before[::-1]

    def kept(self, k):
        return self.low(k) == self.low(k - 1)

    @cached_property
    def turns(self):
        """The steps at which bytes that can be told apart are turned round."""
        return [k for k in range(1, len(self.road.steps)) if self.turned(k) and not self.kept(k)]

    def turns_of(self, zone):
        return [k for k in self.turns if self.road.steps[k].zone == zone]

    def in_order(self, content, order):
        """Bytes of an integer, as a memory of that order has them."""
        low = content[: self.s.width]
        return low if order == "little" else low[::-1]

    @cached_property
    def low_is_right(self):
        """Whether the bytes that move are where the ABI sentence wants them."""
        n = self.s.width
        return self.road.mmio == self.road.ram and self.road.register[:n] == self.road.expected[:n]

    @cached_property
    def reversed_data(self):
        """Whether the bytes that move are exactly the other way round."""
        n = self.s.width
        if self.s.op == "store":
            return n > 1 and self.road.mmio == self.road.ram[::-1]
        return n > 1 and self.road.register[:n] == self.road.expected[:n][::-1]

    def upper(self, content):
        return content[self.s.width : self.s.slot]

    def other(self, **change):
        """The road with some fields changed."""
        found = road(replace(self.s, **change))
        assert found is not None
        return found

    def same_kernel(self, **change):
        """Whether a change leaves the data and the register as they are."""
        other = self.other(**change)
        mine = (self.road.mmio, self.road.register)
        return mine == (other.mmio, other.register)

    @cached_property
    def driver_is_right(self):
        n = self.s.width
        return self.road.device[:n] == self.road.software[:n]

    @cached_property
    def driven(self):
        """The steps that the driver takes within the guest's CPU."""
        inner = [k for k, step in enumerate(self.road.steps) if step.zone == "guest CPU"]
        return set(inner[1:])

    def if_turned(self, k):
        """Whether the bytes that move would be right, had this step of the kernel turned them.

        Or had it not, if it did. Where the kernel copies the first bytes of a slot, turning the
        slot counts as well.
        """
        step = self.road.steps[k]
        n, slot, whole = self.s.width, self.s.slot, self.as_integer(k)
        ways = [whole[:n][::-1] + (ZERO,) * (slot - n)]
        if self.s.kernel.buffer == "memcpy":
            ways.append(whole[:slot][::-1])
        return any(map(self._ends_well, ways)) and step.zone == "host kernel"

    def _ends_well(self, data):
        n, host = self.s.width, self.s.host
        if self.s.op == "load":
            return data[:n] == self.road.expected[:n]
        image = data if host == "little" else data[::-1]
        native = self.in_order(data, host)
        stored = {"memcpy": image[:n], "little": data[:n]}.get(self.s.kernel.buffer, native)
        return stored == self.road.ram


def known_again(story):
    """A road on which the bytes that a function made are those of the value, where they are."""
    content = evaluate((*SOURCE, *SECOND), story.value, story.road.computed)
    source = {byte: lane for lane, byte in zip(SOURCE, content, strict=False)}
    same = {lane: source.get(byte, lane) for lane, byte in zip(SECOND, content[8:], strict=True)}
    same |= {sign_of(lane): sign_of(other) for lane, other in same.items()}

    def again(lanes):
        return tuple(same.get(lane, lane) for lane in lanes)

    steps = tuple(step._replace(lanes=again(step.lanes)) for step in story.road.steps)
    ends = ("mmio", "ram", "register", "expected", "device", "software")
    return story.road._replace(
        steps=steps, **{end: again(getattr(story.road, end)) for end in ends}
    )


def is_sign(lane):
    return lane not in SOURCE and lane != ZERO and lane not in SECOND
