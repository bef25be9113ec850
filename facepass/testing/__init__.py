"""What the tests of all apps share: fixtures, rows, browsers, live processes, stand-ins. The product never imports it."""
