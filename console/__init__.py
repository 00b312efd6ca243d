"""Staff pages: the queues, video witness, review, and the work that goes on in the background."""
