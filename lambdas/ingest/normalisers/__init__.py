"""Normalisers that several sources share: from a sender's words to an event's type and notice."""
