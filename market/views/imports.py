"""The page of an import, the same for listings, pledges and trucks: upload, preview, confirm."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from market.forms.imports import UploadForm
from market.imports import Importer, Report, carry_out, try_out
from market.imports.carrying import seal, unseal
from market.imports.words import counts, outcome_words
from market.sheets import Problem, Sheet, SheetError, read_sheet, write_xlsx

MAX_BYTES = 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def import_page(
    request: HttpRequest, importer_class: type[Importer], *, done: str, words: dict[str, Any]
) -> HttpResponse:
    """Upload → preview; confirmation → all rows or none, then the page named `done`. 404 for those who may not."""
    if not importer_class.is_open_to(request.user):  # type: ignore[arg-type]
        raise Http404
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" and "rows" not in request.POST else None
    context = {
        "form": form or UploadForm(),
        "columns": importer_class.columns,
        "max_rows": importer_class.most_rows,
        **words,
    }
    importer = importer_class(request.user)  # type: ignore[arg-type]
    if form and form.is_valid():
        context |= _preview(importer, form.cleaned_data["file"])
    elif form is None and request.method == "POST":
        sheet = unseal(request.POST["rows"], importer.kind, importer.by)
        report = carry_out(importer, sheet) if sheet else Report(problems=[_expired()])
        if not report.problems:
            messages.success(request, _("导入完成：%(counts)s") % {"counts": counts(report)})
            return redirect(done)
        context |= _shown(importer, report)
    return render(request, "market/import.html", context)


def template_file(request: HttpRequest, importer_class: type[Importer], name: str) -> HttpResponse:
    """A workbook with the titles and two rows to overwrite."""
    if not importer_class.is_open_to(request.user):  # type: ignore[arg-type]
        raise Http404
    content = write_xlsx([column.title for column in importer_class.columns], importer_class.example())
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def _preview(importer: Importer, upload: Any) -> dict[str, Any]:
    try:
        sheet = read_sheet(upload, upload.name, importer.columns, max_rows=importer.most_rows, max_bytes=MAX_BYTES)
    except SheetError as error:
        return _shown(importer, Report(problems=error.problems))
    return _shown(importer, try_out(importer, sheet), sheet)


def _shown(importer: Importer, report: Report, sheet: Sheet | None = None) -> dict[str, Any]:
    """What the template shows. Only a sheet without problems can be confirmed."""
    words = outcome_words()
    rows = [
        {"number": one.row.number, "cells": list(zip(importer.shown, one.cells, strict=True)), "note": one.note}
        | dict(zip(("badge", "word"), words[one.outcome], strict=True))
        for one in report.results
    ]
    ready = sheet is not None and not report.problems
    return {
        "report": report,
        "titles": importer.shown,
        "rows": rows,
        "counts": counts(report),
        "sealed": seal(sheet, importer.kind, importer.by) if sheet and ready and not report.changes_nothing else "",
    }


def _expired() -> Problem:
    return Problem(None, "", _("预览已经过期，请重新上传文件"))
