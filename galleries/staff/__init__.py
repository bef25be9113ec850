"""Where staff work: pages of the admin for real tasks, beside its model forms."""
