"""Letters, and how far each has come."""

from __future__ import annotations

from django.core.mail import EmailMessage, make_msgid
from django.db import models


class State(models.TextChoices):
    """How far a letter has come."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"


class Letter(models.Model):
    """An issue of the newsletter for one subscriber."""

    recipient = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    message_id = models.CharField(max_length=200, default=make_msgid)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.IntegerField(default=0)
    trouble = models.TextField(default="")

    class Meta:
        """It has no app of its own to be found in."""

        app_label = "newsletter"

    def as_email(self) -> EmailMessage:
        """Return what is sent; the Message-ID is the same at every attempt."""
        headers = {"Message-ID": self.message_id}
        return EmailMessage(self.subject, self.body, "news@example.com", [self.recipient], headers=headers)
