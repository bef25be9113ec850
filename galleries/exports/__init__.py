"""Who is in which photo, for other programs: tables, and names written into files."""
