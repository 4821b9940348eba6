"""Telling a billing service over HTTP what the clinic's invoices are."""

from clinic_desk.integrations.billing.http import HttpBilling, KeyringBilling

__all__ = ["HttpBilling", "KeyringBilling"]
