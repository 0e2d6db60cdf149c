import base64
import binascii

from odoo import Command, api, fields, models
from odoo.addons.ecom_connector.models.wording import in_words
from odoo.exceptions import UserError

from ..gateways.base import gateway_class, gateway_codes
from ..gateways.file import FIELDS, FileMapping, parse_transaction, read_file, read_table, suggest, suggest_kind
from ..models.transactions.transaction import KINDS

SHOWN = 10  # rows of the preview, and problems that are listed
WORDS = 40  # different words of a column of kinds: more are no kinds
AUTOMATIC = "auto"


class EcomGatewayFile(models.TransientModel):
    """A processor's file: which column says what is told once, and what becomes of each row is shown before."""

    _name = "ecom.gateway.file"
    _description = "Import a Gateway's File"

    gateway_id = fields.Many2one(
        "ecom.gateway",
        required=True,
        ondelete="cascade",
        domain=lambda self: [("kind", "in", self._kinds_with_files()), ("state", "=", "connected")],
    )
    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()
    mapped = fields.Boolean(readonly=True)
    header_line = fields.Integer(string="Headings in Line", default=1, required=True)
    sheet = fields.Char(help="Of a spreadsheet; empty for the first one.")
    delimiter = fields.Selection(
        [(AUTOMATIC, "Automatic"), (";", "Semicolon"), (",", "Comma"), ("\t", "Tab"), ("|", "Bar")],
        string="Columns Separated By",
        default=AUTOMATIC,
        required=True,
    )
    encoding = fields.Selection(
        [(AUTOMATIC, "Automatic"), ("utf-8-sig", "UTF-8"), ("cp1252", "Windows (1252)"), ("utf-16", "UTF-16")],
        default=AUTOMATIC,
        required=True,
    )
    decimal_mark = fields.Selection(
        [(",", "1 234,56"), (".", "1,234.56")], string="Amounts Written As", default=",", required=True
    )
    date_format = fields.Selection(
        [
            (AUTOMATIC, "Automatic, the day first"),
            ("%d/%m/%Y", "31/12/2026"),
            ("%m/%d/%Y", "12/31/2026"),
            ("%d.%m.%Y", "31.12.2026"),
            ("%Y%m%d", "20261231"),
        ],
        string="Dates Written As",
        default=AUTOMATIC,
        required=True,
    )
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id, help="Where no column says it."
    )
    fees_negative = fields.Boolean(
        string="Fees Are Negative", help="The file prints what the processor keeps as a negative amount."
    )
    column_ids = fields.One2many("ecom.gateway.file.column", "file_id", string="Columns")
    word_ids = fields.One2many("ecom.gateway.file.word", "file_id", string="Kinds")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    ready = fields.Boolean(compute="_compute_preview")

    @api.model
    def _kinds_with_files(self):
        return [code for code, _name in gateway_codes() if gateway_class(code).capabilities.files]

    # === READING === #

    def _data(self):
        """The file, also where the screen was given its size alone."""
        wizard = (self._origin or self).with_context(bin_size=False)
        try:
            return base64.b64decode(wizard.file or b"", validate=True)
        except binascii.Error:
            raise ValueError(self.env._("The file did not arrive whole. Choose it again.")) from None

    def _shape(self):
        """How the file is laid out, as far as a person said so."""
        return {
            "delimiter": "" if self.delimiter == AUTOMATIC else self.delimiter,
            "encoding": "" if self.encoding == AUTOMATIC else self.encoding,
            "header_line": self.header_line,
            "sheet": self.sheet or "",
        }

    def _mapping(self):
        """:raises ValueError: where it cannot be used, and why"""
        columns = {}
        for column in self.column_ids.filtered("field"):
            if column.field in columns:
                raise ValueError(
                    self.env._(
                        "“%(one)s” and “%(other)s” say the same: choose one of them.",
                        one=columns[column.field],
                        other=column.name,
                    )
                )
            columns[column.field] = column.name
        return FileMapping(
            columns=columns,
            decimal_mark=self.decimal_mark,
            date_formats=() if self.date_format == AUTOMATIC else (self.date_format,),
            timezone=self.gateway_id.company_id._ecom_zone(),
            currency=self.currency_id.name or "",
            kinds={word.name: word.kind for word in self.word_ids if word.kind},
            fees_negative=self.fees_negative,
            **self._shape(),
        )

    @api.depends(
        *("decimal_mark", "date_format", "currency_id", "fees_negative", "delimiter", "encoding", "header_line"),
        *("sheet", "column_ids.field", "word_ids.kind", "file"),
    )
    def _compute_preview(self):
        for wizard in self:
            values = {"rows": [], "problems": [], "count": 0, "error": ""}
            if wizard.mapped:
                try:
                    values |= wizard._shown(read_file(wizard._data(), wizard._mapping()))
                except ValueError as error:
                    values["error"] = in_words(wizard.env, error)
            wizard.ready = bool(values["count"])
            wizard.preview = wizard.env["ir.qweb"]._render("ecom_payments.gateway_file_preview", values)

    def _shown(self, result):
        """What becomes of the first rows, and what is wrong with others."""
        documents = [parse_transaction(raw) for raw in result.raws[:SHOWN]]
        known = self.env["ecom.gateway.transaction"].search(
            [
                ("gateway_id", "=", self.gateway_id.id),
                ("external_id", "in", [document.external_id for document in documents]),
            ]
        )
        labels = dict(self.env["ecom.gateway.transaction"]._fields["kind"]._description_selection(self.env))
        return {
            "rows": [
                {
                    "line": line,
                    "document": document,
                    "kind": labels[document.kind.value],
                    "known": document.external_id in known.mapped("external_id"),
                }
                for line, document in zip(result.lines, documents, strict=False)
            ],
            "problems": [self._problem(problem) for problem in result.problems[:SHOWN]],
            "left_out": len(result.problems),
            "count": len(result.raws),
        }

    def _problem(self, problem):
        """In one sentence: where, what, and the way out."""
        return self.env._(
            "Row %(line)s, column “%(column)s”: %(message)s. %(remedy)s",
            line=problem.line,
            column=problem.column,
            message=in_words(self.env, problem.message),
            remedy=in_words(self.env, problem.remedy),
        )

    # === BUTTONS === #

    def action_read(self):
        """Say what each column seems to be: as last time, else by its heading."""
        self.ensure_one()
        self.gateway_id.check_access("read")
        try:
            table = read_table(self._data(), **self._shape())
        except ValueError as error:
            raise UserError(in_words(self.env, error)) from None
        saved, guess = self.gateway_id.sudo().file_mapping or {}, suggest(table)
        columns = {
            name: field
            for field, name in (guess["columns"] | saved.get("columns", {})).items()
            if name in table.headings
        }
        formats = saved.get("date_formats") or [AUTOMATIC]
        values = {
            "mapped": True,
            "decimal_mark": saved.get("decimal_mark") or guess["decimal_mark"],
            "date_format": formats[0] if formats[0] in dict(self._fields["date_format"].selection) else AUTOMATIC,
            "fees_negative": saved.get("fees_negative", False),
            "column_ids": [
                Command.clear(),
                *(
                    Command.create({"name": name, "sample": self._sample(table, name), "field": columns.get(name)})
                    for name in table.headings
                ),
            ],
        }
        self.write(values)
        self._read_words(table)
        return self._reopen()

    def _sample(self, table, name):
        """What stands first in a column, so that a person recognises it."""
        found = (row.get(name) for _line, row in table.rows[:SHOWN])
        return next((str(cell)[:40] for cell in found if cell not in (None, "")), "")

    def _read_words(self, table=None):
        """The words of the column of kinds, with what each means."""
        name = self.column_ids.filtered(lambda column: column.field == "kind")[:1].name
        words = []
        if name:
            table = table or read_table(self._data(), **self._shape())
            cells = (str(row.get(name) or "").strip() for _line, row in table.rows)
            words = list(dict.fromkeys(filter(None, cells)))[:WORDS]
        saved = (self.gateway_id.sudo().file_mapping or {}).get("kinds", {})
        before = {word.name: word.kind for word in self.word_ids}
        self.word_ids = [
            Command.clear(),
            *(
                Command.create(
                    {"name": word, "kind": before.get(word) or saved.get(word) or suggest_kind(word) or False}
                )
                for word in words
            ),
        ]

    @api.onchange("column_ids")
    def _onchange_column_ids(self):
        if self.mapped:
            self._read_words()

    def action_import(self):
        """Keep the rows that can be read, say what is wrong with the others, and remember how it was done."""
        self.ensure_one()
        self.gateway_id.check_access("read")
        if self.gateway_id.state != "connected":
            raise UserError(self.env._("Connect %(gateway)s first.", gateway=self.gateway_id.name))
        try:
            mapping, data = self._mapping(), self._data()
            result = read_file(data, mapping)
        except ValueError as error:
            raise UserError(in_words(self.env, error)) from None
        gateway = self.gateway_id._work_env()
        rows, new, late = gateway._keep_file(result.raws)
        gateway.file_mapping = mapping.to_dict()
        said = self.env._("Rows: %(count)s, of which new: %(new)s.", count=len(rows), new=new)
        self._ask_about(gateway, result.problems, late)
        if new:
            self.gateway_id.sudo().message_post(body=said, attachments=[(self.filename or "file", data)])
            gateway._wake()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_payments.ecom_gateway_transaction_action")
        action |= {"domain": [("id", "in", rows.ids)], "context": {}, "target": "main"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": said, "type": "warning" if result.problems else "success", "next": action},
        }

    def _ask_about(self, gateway, problems, late):
        """An issue names what was left out; importing the file again, whole, settles it."""
        key = self.filename or "-"
        lines = [self._problem(problem) for problem in problems[:SHOWN]]
        if len(problems) > SHOWN:
            lines.append(self.env._("And more rows: %(count)s.", count=len(problems) - SHOWN))
        lines += [
            self.env._(
                "%(reference)s belongs to payout %(payout)s, which is booked without it: take that back, and import "
                "the file again.",
                reference=row.source_ref or row.external_id,
                payout=payout.external_id,
            )
            for row, payout in late[:SHOWN]
        ]
        if not lines:
            gateway._solve(["gateway_file"], [key])
            return
        gateway._raise(
            "gateway_file",
            key=key,
            message=self.env._(
                "“%(file)s” was not read in full. Correct these in the file and import it again; what is in Odoo "
                "already stays as it is.\n%(lines)s",
                file=key,
                lines="\n".join(lines),
            ),
        )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import a File"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class EcomGatewayFileColumn(models.TransientModel):
    """A column of the file, and what it says."""

    _name = "ecom.gateway.file.column"
    _description = "Column of a Gateway's File"
    _order = "id"

    file_id = fields.Many2one("ecom.gateway.file", required=True, ondelete="cascade")
    name = fields.Char(string="Column", readonly=True)
    sample = fields.Char(string="For Example", readonly=True)
    field = fields.Selection("_fields_of_files", string="Says", help="Empty: the column is left alone.")

    @api.model
    def _fields_of_files(self):
        return [(name, in_words(self.env, label)) for name, label in FIELDS.items()]


class EcomGatewayFileWord(models.TransientModel):
    """A word in the column of kinds, and what it means."""

    _name = "ecom.gateway.file.word"
    _description = "Word of a Gateway's File"
    _order = "id"

    file_id = fields.Many2one("ecom.gateway.file", required=True, ondelete="cascade")
    name = fields.Char(string="In the File", readonly=True)
    kind = fields.Selection(KINDS, string="Is", help="Empty: what comes in is a payment, what goes out a refund.")
