"""What attackers would try, and where personal values must never be found."""
