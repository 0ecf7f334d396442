-- A copy of the database calls nobody: no account is connected any more.
UPDATE linkstar_amazon_account SET state = 'disconnected';
DELETE FROM linkstar_amazon_consent;
