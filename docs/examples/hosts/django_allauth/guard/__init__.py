"""Withdrawals are held after a security event: the part of this example that a Django project copies."""
