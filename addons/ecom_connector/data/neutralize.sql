-- A copy of a production database must never speak to the real shops, nor keep what would let it.
UPDATE ecom_channel SET environment = 'sandbox', state = 'draft', webhook_token = NULL, webhook_secret = NULL;
UPDATE ecom_credential SET value = NULL;
UPDATE ecom_command SET state = 'cancelled' WHERE state IN ('pending', 'sending');
