"""What chat platforms have in common: who writes, what was meant, text forms of cards, delivery, quotas."""
