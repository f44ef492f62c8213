"""What webhooks cost and stand: a desk, twenty receivers, and kills."""
