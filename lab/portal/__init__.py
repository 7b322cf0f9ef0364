"""The product's portal on the lab, with an inbox for what it sends, and a browser."""
