"""What builds the packages; run by `./dev build`, never imported by the product."""
