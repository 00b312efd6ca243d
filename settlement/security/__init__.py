"""What keeps personal values unreadable, and decides who may do what."""
