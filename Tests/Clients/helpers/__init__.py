"""What the tests of Tests/Clients share: processes, servers and waiting. No test lives here."""
