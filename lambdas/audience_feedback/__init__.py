"""What comes back: bounces and complaints of e-mails, numbers that are none, and text messages of followers."""
