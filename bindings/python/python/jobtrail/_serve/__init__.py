"""What the server is made of: the sources it offers, blocks of redacted lines, followers, streams, the page."""
