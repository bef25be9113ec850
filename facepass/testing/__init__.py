"""What the tests of all apps share: fixtures, rows, browsers, live processes, stand-ins. No product code imports it."""
