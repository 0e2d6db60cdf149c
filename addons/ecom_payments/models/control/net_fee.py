from odoo.tools import SQL

NET_FEE = SQL(
    """
    %(kept)s - COALESCE((
        SELECT CASE WHEN jsonb_typeof(t.fee_parts) = 'array' AND jsonb_array_length(t.fee_parts) > 0
                    THEN (SELECT COALESCE(sum((part->>1)::numeric), 0)
                            FROM jsonb_array_elements(t.fee_parts) part WHERE part->>0 = 'tax')
                    ELSE %(kept)s * tax.amount / (100 + tax.amount) END
          FROM ecom_gateway gateway JOIN account_tax tax ON tax.id = gateway.fee_tax_id
         WHERE gateway.id = t.gateway_id
           AND NOT EXISTS (SELECT FROM account_tax_repartition_line part
                            WHERE part.tax_id = tax.id AND part.factor_percent < 0)), 0)
    """,
    kept=SQL("(t.fee - CASE WHEN t.kind = 'fee' THEN t.amount ELSE 0 END)"),
)
"""What a gateway kept by the transaction ``t``, in its currency, without the VAT in it that is deducted: as the gateway
tells it, else as the gateway's *VAT on Fees* says. A tax of reverse charge is not in the fee."""
