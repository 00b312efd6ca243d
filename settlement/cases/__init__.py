"""Cases (受理单): their states, what a customer puts into them, and what staff decide."""
