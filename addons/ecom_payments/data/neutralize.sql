-- A copy of a production database must never speak to the real gateways, nor keep what would let it.
UPDATE ecom_gateway
   SET state = 'draft', webhook_token = NULL, webhook_active = false, webhook_checked_at = NULL, webhook_error = NULL,
       not_before = NULL, last_error = NULL;
UPDATE ecom_gateway_credential SET value = NULL;
UPDATE ecom_gateway_event SET state = 'ignored' WHERE state = 'new';
