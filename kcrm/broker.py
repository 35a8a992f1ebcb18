"""What a worker must survive: its connection to Redis breaks while it holds messages that it has not acknowledged.

kombu 5.7 then puts these messages back, and acknowledges them later, through the very channel that was closed. Both
fail with errors that Celery takes for unrecoverable, and the worker stops, alive but deaf. A message is only a hint
that a job row waits, so there is nothing to put back and nothing to acknowledge: the sweeper repeats what matters.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis, virtual


class HintQoS(redis.QoS):  # type: ignore[misc]  # kombu carries no types
    """Forgets messages whose channel has been closed, instead of failing at it."""

    def ack(self, delivery_tag: Any) -> None:
        """Acknowledge a message, if there is still somebody to tell."""
        if self.channel.closed:
            virtual.QoS.ack(self, delivery_tag)
        else:
            super().ack(delivery_tag)

    def reject(self, delivery_tag: Any, requeue: bool = False) -> None:
        """Give a message back, if there is still somebody to take it."""
        if self.channel.closed:
            virtual.QoS.ack(self, delivery_tag)
        else:
            super().reject(delivery_tag, requeue=requeue)


def forgive_lost_channels() -> None:
    """Let every Redis channel of this process behave so."""
    redis.Channel.QoS = HintQoS
    redis.Channel.do_restore = False
