"""How fast a server is asked."""

from pyrate_limiter import InMemoryBucket, Limiter, Rate, SingleBucketFactory, StateBucket

#: Milliseconds more than a limiter works out, for it counts in whole ones.
_SPARE = 1


def evenly(rate: float) -> Limiter:
    """Let through at most `rate` requests a second, evenly spaced; a late one lets no other catch up."""
    return _limiter(StateBucket([Rate(max(1, round(60 * rate)), 60_000, burst=1)]))


def at_most(most: int, seconds: float) -> Limiter:
    """Let through at most `most` requests in any span of so many seconds."""
    return _limiter(InMemoryBucket([Rate(most, round(1000 * seconds))]))


def _limiter(bucket: StateBucket | InMemoryBucket) -> Limiter:
    # Without a thread that forgets old requests: one bucket keeps none, the other a few thousand at most.
    return Limiter(SingleBucketFactory(bucket, schedule_leak=False), buffer_ms=_SPARE)
