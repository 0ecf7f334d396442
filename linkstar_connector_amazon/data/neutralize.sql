-- A copy of the database calls nobody: no account is connected any more.
UPDATE linkstar_amazon_account SET state = 'disconnected';
DELETE FROM linkstar_amazon_consent;
UPDATE linkstar_amazon_queue SET active = FALSE;
UPDATE linkstar_amazon_subscription SET state = 'ended', external_id = NULL;
