"""The function that asks senders for deliveries that failed, while they still keep them."""
