"""The Official Account (公众号): its protocol, and the way from the chat to the page and back."""
