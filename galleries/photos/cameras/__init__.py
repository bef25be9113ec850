"""What is peculiar to cameras: clocks that are wrong, and files in pairs."""
