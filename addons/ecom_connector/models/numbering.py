from odoo.tools import SQL


def number_next(records, field, channel):
    """Give these records of a channel the numbers that follow its last one, in their order and in one statement.

    Only for whoever holds a lane of the channel, so that nobody else gives numbers meanwhile.

    :param field: the stored integer that they are numbered by
    """
    if not records:
        return
    records.env[records._name].flush_model([field, "channel_id"])
    records.env.cr.execute(
        SQL(
            """
            UPDATE %(table)s numbered SET %(field)s = last.number + given.place
              FROM unnest(%(ids)s) WITH ORDINALITY AS given (id, place),
                   (SELECT COALESCE(max(%(field)s), 0) AS number FROM %(table)s WHERE channel_id = %(channel)s) last
             WHERE numbered.id = given.id
            """,
            table=SQL.identifier(records._table),
            field=SQL.identifier(field),
            ids=records.ids,
            channel=channel.id,
        )
    )
    records.invalidate_recordset([field], flush=False)
