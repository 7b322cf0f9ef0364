"""HTTP and browsers: headers, cookies, forms, who asks; nothing of what is asked."""
