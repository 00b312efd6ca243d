"""Components of Rasa's language pipeline, named in ``config.yml``; for Rasa's environment (Python 3.10).

A folder of the project's root: every ``rasa`` command that starts there finds it, by our launcher or not.
"""
