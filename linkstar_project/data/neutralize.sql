-- A copy of the database calls nobody: credentials and addresses are gone.
DELETE FROM linkstar_secret;
