-- A copy of a production database must never speak to the real shops, nor keep what would let it.
UPDATE ecom_channel
   SET environment = 'sandbox', state = 'draft', webhook_token = NULL, webhook_secret = NULL, webhooks_active = false,
       webhooks_checked_at = NULL, lane_errors = NULL, not_before = NULL;
UPDATE ecom_credential SET value = NULL;
DELETE FROM ecom_token;
UPDATE ecom_command SET state = 'cancelled' WHERE state IN ('pending', 'sending');

-- What the real shops announced and nobody has read yet cannot be asked for here; it would look deleted.
UPDATE ecom_event SET state = 'ignored' WHERE state = 'new';

-- External shops call in with keys: those of production must not open a copy.
DELETE FROM res_users_apikeys
      WHERE user_id IN (SELECT rel.uid
                          FROM res_groups_users_rel rel
                          JOIN ir_model_data data ON data.res_id = rel.gid AND data.model = 'res.groups'
                         WHERE data.module = 'ecom_connector' AND data.name = 'group_api');

-- The button that connects all channels of a copy to the sandbox.
UPDATE ir_ui_view
   SET active = true
 WHERE id IN (SELECT res_id
                FROM ir_model_data
               WHERE model = 'ir.ui.view' AND module = 'ecom_connector' AND name LIKE 'ecom_channel_view_%_in_copy');
