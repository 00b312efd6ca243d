"""The gateway over HTTP: a real process, a real Redis, and Rasa's ``rest`` channel played at the wire."""
