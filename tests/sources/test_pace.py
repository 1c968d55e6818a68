"""How fast servers are asked, on a clock that only sleeping moves."""

import pytest
from pyrate_limiter import limiter as waiting

from compendium.sources.pace import at_most, evenly


class Clock:
    """Stands for time: sleeping moves it, and nothing else unless a test does."""

    def __init__(self) -> None:
        self.seconds, self.slept = 1000.0, []

    def now(self) -> int:
        """Return milliseconds, as a limiter's clock does."""
        return int(self.seconds * 1000)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(waiting, "sleep", made.sleep)
    return made


def on(clock: Clock, limiter):
    """Let a limiter look at this clock."""
    limiter.bucket_factory.bucket._clock = clock
    return limiter


def test_thirty_go_through_in_any_minute_and_no_more(clock):
    limiter = on(clock, at_most(30, seconds=60))
    sent = []
    for number in range(200):
        limiter.try_acquire()
        sent.append(clock.seconds)
        clock.seconds += 10 if number == 29 else 0.01 * (number % 7)
    assert sent[29] - sent[0] < 2  # the first thirty do not wait
    assert sent[30] == pytest.approx(sent[0] + 60, abs=0.01)
    assert max(sum(start <= later < start + 60 for later in sent) for start in sent) == 30


@pytest.mark.parametrize("rate", [10.0, 0.5, 3.0])
def test_an_even_pace_keeps_its_gap_and_lets_nobody_catch_up(clock, rate):
    limiter = on(clock, evenly(rate))
    sent = []
    for number in range(60):
        limiter.try_acquire()
        sent.append(clock.seconds)
        clock.seconds += {10: 2.5 / rate, 20: 0.4 / rate}.get(number, 0)
    gaps = [later - first for first, later in zip(sent, sent[1:], strict=False)]
    assert min(gaps) >= 1 / rate - 0.002
    assert sum(gap > 1.02 / rate + 0.003 for gap in gaps) == 1  # the one that came late itself
