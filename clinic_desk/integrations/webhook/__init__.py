"""Events of visits to an address of the clinic's choice."""

from clinic_desk.integrations.webhook.http import HttpWebhook, KeyringWebhook, signature

__all__ = ["HttpWebhook", "KeyringWebhook", "signature"]
