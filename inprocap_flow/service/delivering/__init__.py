"""From a message in the outbox to something that somebody has received (decision 0007, steps 3 and 4 of a tick).

`hand_over` turns messages into deliveries, `deliver_due` sends what is due. Both can be cut anywhere and called by
several programs at once: what one has claimed, the others pass over.
"""

from inprocap_flow.service.delivering.handing import hand_over
from inprocap_flow.service.delivering.sending import DeliveryReport, deliver_due, next_due

__all__ = ["DeliveryReport", "deliver_due", "hand_over", "next_due"]
