"""The agents behind the portal: which are ready, what they are asked, what they say."""
