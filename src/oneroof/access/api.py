"""What every part of the API shares: who asks, release, paging, versions, safe retries, errors that leak nothing."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, NinjaAPI, Router, Schema, Status
from ninja.decorators import decorate_view
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.pagination import CursorPagination, paginate
from ninja.parser import Parser
from ninja.security import HttpBearer
from ninja.utils import check_csrf
from pydantic import ValidationError as PydanticError

from oneroof.access.actions import change_release, release_set
from oneroof.access.models import Record, ReleaseSet
from oneroof.access.problems import PROBLEM, problem
from oneroof.access.retries import once
from oneroof.access.viewer import Viewer
from oneroof.journal.errors import NotYours, Refused, Stale
from oneroof.journal.versions import detail_versions, version_of
from oneroof.nations.models import Party


class Token(HttpBearer):
    """A person's token; the middleware has read it (access/middleware.py). Reading what is public needs none."""

    def __call__(self, request: HttpRequest) -> Viewer | None:
        """The viewer, or None (401) for a token that is wrong, ended, or too narrow, or for a write by nobody."""
        viewer: Viewer = request.viewer
        scopes = request.scopes
        reading = request.method in ("GET", "HEAD", "OPTIONS")
        if scopes is None:  # a session, or nobody
            if request.headers.get("Authorization") or (viewer.person is None and not reading):
                return None
            if not reading and check_csrf(request):
                raise HttpError(403, _("The form’s token is missing or old. Load the page again."))
            return viewer
        return viewer if ("read" if reading else "write") in scopes else None

    def authenticate(self, request: HttpRequest, token: str) -> None:
        """Not used: the middleware has read the token."""


class DocumentedAPI(NinjaAPI):
    """An API whose document says how errors are told and that reading what is public needs no token."""

    def get_openapi_schema(self, **given: Any) -> Any:
        """The OpenAPI document: errors are problem+json, a session counts as a token, reading works without both."""
        document = super().get_openapi_schema(**given)
        schemes = document["components"].setdefault("securitySchemes", {})
        schemes["Session"] = {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
        for operations in document["paths"].values():
            for method, operation in operations.items():
                ways: list[dict[str, list[str]]] = [{"Token": []}, {"Session": []}]
                operation["security"] = [*ways, {}] if method == "get" else ways
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {PROBLEM: answer["content"].pop("application/json")}
        return document


class NoNulls(Parser):
    """Reads JSON bodies; a NUL in a text is refused, since not every database keeps it."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as Python values; raises ValueError, which is answered with 400."""
        read = json.loads(request.body)
        if "\\u0000" in request.body.decode(errors="replace"):
            raise ValueError("NUL")
        return read


class Problem(Schema):
    """An error as RFC 9457 has it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    faults: dict[str, list[str]] = Field(
        {}, description="All faults by field; the empty field is the record as a whole."
    )


# What may be answered instead, by every route.
ERRORS = dict.fromkeys((400, 401, 403, 404, 409, 412, 422, 428, 429), Problem)


class Release(Schema):
    """Who may know of a record. Nothing said means its owner alone."""

    releasable_to: list[str] = Field([], description='Codes of parties, or ["public"].')
    detail_releasable_to: list[str] | None = Field(None, description="Some of them; all of them where nothing is said.")
    embargo_until: datetime | None = Field(None, description="Until then the owner, and the headquarters if named.")


class ReleaseChange(Release):
    """A new release of a record, with the reason for it."""

    why: str = Field(..., min_length=1)


class RecordOut(Schema):
    """What stands on every record under the walls."""

    id: UUID
    owner: str = Field(..., description="Code of the party that owns it.")
    releasable_to: list[str]
    detail_releasable_to: list[str]
    embargo_until: datetime | None

    @staticmethod
    def resolve_owner(record: Record) -> str:
        """The owner's code."""
        return record.owner.code

    @staticmethod
    def resolve_releasable_to(record: Record) -> list[str]:
        """Codes of the release set."""
        return codes(record.releasable_to)

    @staticmethod
    def resolve_detail_releasable_to(record: Record) -> list[str]:
        """Codes of the detail set."""
        return codes(record.detail_releasable_to)


def codes(release: ReleaseSet) -> list[str]:
    """A release set as codes of parties, sorted, or ``["public"]``."""
    return ["public"] if release.public else sorted(party.code for party in release.parties.all())


def parties_named(words: list[str], field: str) -> list[Party]:
    """The parties that codes name, each once. Raises `Refused` with every code that is no party's."""
    found = {party.code: party for party in Party.objects.filter(code__in=words)}
    if missing := sorted(set(words) - set(found)):
        raise Refused({field: [_("There is no party %(codes)s.") % {"codes": ", ".join(missing)}]})
    return [found[word] for word in dict.fromkeys(words)]


def named(words: list[str], field: str) -> ReleaseSet:
    """The release set that codes name. Raises `Refused` with every code that is no party's."""
    return release_set(public=True) if words == ["public"] else release_set(parties_named(words, field))


def with_parties(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    """Fields with parties in place of their codes. Raises `Refused` with every code that is no party's."""
    asked = {name: fields[name] for name in names if fields.get(name) is not None}
    found = {party.code: party for party in Party.objects.filter(code__in=asked.values())}
    if missing := {name: code for name, code in asked.items() if code not in found}:
        raise Refused({name: [_("There is no party %(codes)s.") % {"codes": code}] for name, code in missing.items()})
    return {**fields, **{name: found[code] for name, code in asked.items()}}


def release_fields(release: Release) -> dict[str, Any]:
    """A release as actions take it. Raises `Refused`: unknown codes."""
    to, detail = named(release.releasable_to, "releasable_to"), release.detail_releasable_to
    detail_to = to if detail is None else named(detail, "detail_releasable_to")
    return {"to": to, "detail_to": detail_to, "embargo_until": release.embargo_until}


def loaded(viewer: Viewer, kind: Any) -> models.QuerySet[Any]:
    """Visible records of a kind with what `RecordOut` needs, in a fixed number of queries."""
    sets = ("releasable_to__parties", "detail_releasable_to__parties")
    parties = [field.name for field in kind._meta.concrete_fields if field.related_model is Party]
    return kind.objects.visible_to(viewer).select_related(*parties).prefetch_related(*sets)


def one(rows: models.QuerySet[Any], key: UUID) -> Any:
    """One of the rows that are seen; raises Http404 in the same words for a hidden one and for one that never was."""
    record = rows.filter(pk=key).first()
    if record is None:
        raise Http404
    return record


def etag(shape: type[Schema], record: Any, viewer: Viewer | None = None) -> str:
    """The version of what this viewer is shown: a hash of the answer, so that nothing unseen moves it.

    With ``viewer`` also of the record's details that the viewer sees, which an answer may leave out.
    """
    told = shape.from_orm(record).model_dump(mode="json")
    if viewer is not None and (details := detail_versions(viewer, record)):
        told = {"": told, "details": details}
    return '"' + hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32] + '"'


def check_match(request: HttpRequest, tag: str) -> None:
    """Refuse a write that does not say, by If-Match, which version it changes (428), or names an old one (412)."""
    given = request.headers.get("If-Match")
    if given is None:
        raise HttpError(428, _("Say which version you change: send If-Match with the ETag that you read."))
    if given.strip() != "*" and tag not in [word.strip() for word in given.split(",")]:
        raise Stale(_("Somebody changed this record since you read it. Read it again and repeat your change."))


def matched(request: HttpRequest, record: Any, tag: Callable[[], str]) -> str:
    """The version of a record to change, where If-Match names what stands; refuses as `check_match` does.

    The version is read before the tag: what is changed in between is refused here, or by whoever writes the version.
    """
    version = version_of(request.viewer, record)  # type: ignore[attr-defined]
    check_match(request, tag())
    return version


def routes(
    router: Router,
    rows: Callable[[Viewer], models.QuerySet[Any]],
    path: str,
    word: str,
    *,
    shape: type[Schema],
    new: type[Schema],
    changed: type[Schema],
    add: Callable[[Viewer, Any], Any],
    change: Callable[..., Any],
    order: tuple[str, ...],
) -> Callable[[HttpRequest, HttpResponse, UUID], Any]:
    """List, read, add and change one kind; gives what tells one record and its version, for further routes.

    ``rows(viewer)`` are those that the viewer sees; ``add(viewer, body)`` and ``change(viewer, record, version=,
    **fields)`` call the feature's actions.
    """

    @router.get(f"/{path}", response={200: list[shape], **ERRORS}, summary=f"List: {word}")
    @paginate(CursorPagination, ordering=order)
    def listed(request: HttpRequest) -> Any:
        return rows(request.viewer)

    @router.get(f"/{path}/{{uuid:key}}", response={200: shape, **ERRORS}, summary=f"Read: {word}")
    def read(request: HttpRequest, response: HttpResponse, key: UUID) -> Any:
        return told(request, response, key)

    @router.post(f"/{path}", response={201: shape, **ERRORS}, summary=f"Add: {word}")
    @decorate_view(once)
    def added(request: HttpRequest, response: HttpResponse, body: new) -> Any:  # type: ignore[valid-type]
        return Status(201, told(request, response, add(request.viewer, body).pk))

    @router.patch(f"/{path}/{{uuid:key}}", response={200: shape, **ERRORS}, summary=f"Change: {word}")
    @decorate_view(once)
    def change_one(request: HttpRequest, response: HttpResponse, key: UUID, body: changed) -> Any:  # type: ignore[valid-type]
        record = one(rows(request.viewer), key)
        version = matched(request, record, lambda: etag(shape, record, request.viewer))
        change(request.viewer, record, version=version, **body.model_dump(exclude_unset=True))
        return told(request, response, key)

    def told(request: HttpRequest, response: HttpResponse, key: UUID) -> Any:
        """The record as it stands, with its version."""
        record = one(rows(request.viewer), key)
        response["ETag"] = etag(shape, record, request.viewer)
        return record

    return told


def record_routes(
    router: Router,
    kind: Any,
    path: str,
    *,
    shape: type[RecordOut],
    new: type[Schema],
    changed: type[Schema],
    add: Callable[..., Any],
    change: Callable[..., Any],
    order: tuple[str, ...] = ("code", "id"),
) -> None:
    """List, read, add, change and release one kind of record under the walls.

    ``shape`` is what is shown; ``new`` inherits `Release` and holds a new record’s fields; ``changed`` has them all,
    optional. ``add(viewer, to=, detail_to=, embargo_until=, **fields)`` and
    ``change(viewer, record, version=, **fields)`` are the feature's actions.
    """
    word = str(kind._meta.verbose_name)

    def add_released(viewer: Viewer, body: Any) -> Any:
        fields = body.model_dump(exclude=set(Release.model_fields), exclude_unset=True)
        return add(viewer, **release_fields(body), **fields)

    told = routes(
        router,
        lambda viewer: loaded(viewer, kind),
        path,
        word,
        shape=shape,
        new=new,
        changed=changed,
        add=add_released,
        change=change,
        order=order,
    )

    @router.put(f"/{path}/{{uuid:key}}/release", response={200: shape, **ERRORS}, summary=f"Release: {word}")
    @decorate_view(once)
    def released(request: HttpRequest, response: HttpResponse, key: UUID, body: ReleaseChange) -> Any:
        record = one(loaded(request.viewer, kind), key)
        version = matched(request, record, lambda: etag(shape, record, request.viewer))
        change_release(request.viewer, record, **release_fields(body), why=body.why, version=version)
        return told(request, response, key)


def removal(router: Router, kind: Any, path: str, *, shape: type[Schema], remove: Callable[..., None]) -> None:
    """Remove one record of a kind that may be removed; ``remove(viewer, record, why=)`` is the feature's action."""

    @router.delete(
        f"/{path}/{{uuid:key}}", response={204: None, **ERRORS}, summary=f"Remove: {kind._meta.verbose_name}"
    )
    @decorate_view(once)
    def removed(request: HttpRequest, key: UUID, why: str = "") -> Any:
        record = one(loaded(request.viewer, kind), key)
        check_match(request, etag(shape, record, request.viewer))
        remove(request.viewer, record, why=why)
        return Status(204, None)


# What If-Match names where there is no detail yet.
NO_DETAIL = '"none"'


def detail_routes(
    router: Router,
    kind: Any,
    detail: Any,
    path: str,
    part: str,
    *,
    shape: type[Schema],
    change: Callable[..., Any],
    word: str,
) -> None:
    """Read, set and remove the detail of a record by itself; whoever is not told it gets the answer for none.

    ``part`` ends the address, and is the argument by which ``change(viewer, record, version=, ...)`` takes the detail:
    its fields, or an empty one to take it away. ``word`` says what it is, in summaries.
    """

    def tag(viewer: Viewer, key: UUID) -> str:
        found = detail.objects.visible_to(viewer).filter(pk=key).first()
        return NO_DETAIL if found is None else etag(shape, found)

    @router.get(f"/{path}/{{uuid:key}}/{part}", response={200: shape, **ERRORS}, summary=f"Read: {word}")
    def read(request: HttpRequest, response: HttpResponse, key: UUID) -> Any:
        found = one(detail.objects.visible_to(request.viewer), key)
        response["ETag"] = etag(shape, found)
        return found

    @router.put(
        f"/{path}/{{uuid:key}}/{part}",
        response={200: shape, **ERRORS},
        summary=f"Set: {word}",
        description='Where nothing stands yet, If-Match names "none".',
    )
    @decorate_view(once)
    def written(request: HttpRequest, response: HttpResponse, key: UUID, body: shape) -> Any:  # type: ignore[valid-type]
        record = one(loaded(request.viewer, kind), key)
        version = matched(request, record, lambda: tag(request.viewer, key))
        change(request.viewer, record, version=version, **{part: body.model_dump()})  # type: ignore[attr-defined]
        return read(request, response, key)

    @router.delete(f"/{path}/{{uuid:key}}/{part}", response={204: None, **ERRORS}, summary=f"Remove: {word}")
    @decorate_view(once)
    def removed(request: HttpRequest, key: UUID) -> Any:
        record = one(loaded(request.viewer, kind), key)
        one(detail.objects.visible_to(request.viewer), key)
        version = matched(request, record, lambda: tag(request.viewer, key))
        change(request.viewer, record, version=version, **{part: {}})
        return Status(204, None)


def tell_errors(api: NinjaAPI) -> None:
    """Answer every error as problem+json; what may not be seen is told exactly as what is not there."""

    def add(kind: type[Exception], answer: Callable[[Any], HttpResponse]) -> None:
        api.add_exception_handler(kind, lambda request, error: answer(error))

    def refused(error: Refused) -> HttpResponse:
        whole = " ".join(error.faults.get("", []))
        return problem(409 if set(error.faults) == {""} else 422, whole, error.faults)

    def invalid(error: ValidationError) -> HttpResponse:
        faults: dict[str, list[str]] = {}
        for fault in error.errors:
            place = [str(step) for step in fault.get("loc", ("query", *fault))][1:]
            faults.setdefault(".".join(place[1:] or place), []).append(
                str(fault.get("msg") or next(iter(fault.values())))
            )
        return problem(422, "", faults)

    add(Refused, refused)
    add(NotYours, lambda error: problem(403, str(error)))
    add(Stale, lambda error: problem(412, str(error)))
    add(Http404, lambda error: problem(404))
    add(AuthenticationError, lambda error: problem(401, _("Send a valid token with the scope for this.")))
    add(ValidationError, invalid)
    add(
        PydanticError,
        lambda error: problem(422, _("The cursor is none of ours. Take the address under “next” as it is.")),
    )
    add(HttpError, lambda error: problem(error.status_code, error.message))
