from . import linkstar_channel
from . import linkstar_reminder_policy
from . import linkstar_reminder_step
from . import linkstar_channel_send
from . import linkstar_notification
from . import linkstar_notification_due
from . import linkstar_notification_send
