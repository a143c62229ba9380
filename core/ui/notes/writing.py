"""Writing a note: from nothing, as an answer, or from a template; drafts are kept here."""

import streamlit as st

from core.clock import utc_now
from core.publishing.notes import access, drafts, sending, templates
from core.publishing.notes.errors import NoteInDoubt
from core.publishing.notes.models import Note, NoteTemplate
from core.publishing.notes.sending import SendReport
from core.ui.notes.house import House, acting, forget_read, leave_notice
from core.ui.notes.query import MINE, go
from core.ui.page import local
from core.ui.words import listed, plain

_TO, _SUBJECT, _BODY, _OF = "notes-to", "notes-subject", "notes-body", "notes-written"


def show_writing(house: House) -> None:
    """Draw the form for a new note or a draft."""
    st.button("Back to the list", icon=":material/arrow_back:", type="tertiary", key="notes-back", on_click=go)
    with acting():
        with house.runtime.database.read() as session:
            actor, shown = house.user.actor, house.shown
            draft = drafts.get_draft(session, actor, shown.draft_id) if shown.draft_id else None
            answered = access.get_note(session, actor, shown.answer) if shown.answer else None
            is_doubtful = draft is not None and drafts.find_doubt(session, draft.id) is not None
            own = templates.list_templates(session, actor)
        st.header("Answer" if answered else "Write a note", anchor=False)
        if draft is not None and is_doubtful:
            _show_doubt(house, draft)
            return
        _begin(house, draft, answered)
        _show_form(house, draft, answered, own)


def _begin(house: House, draft: Note | None, answered: Note | None) -> None:
    """Fill the fields once for each draft or answer; afterwards they are the person's."""
    of = (house.shown.write, house.shown.answer, house.account.id)
    if st.session_state.get(_OF) == of and _BODY in st.session_state:
        return
    st.session_state[_OF] = of
    st.session_state[_TO] = ", ".join(draft.recipients) if draft else (answered.sender or "" if answered else "")
    st.session_state[_SUBJECT] = (draft.subject or "") if draft else _answer_subject(answered)
    st.session_state[_BODY] = (draft.body or "") if draft else ""


def _answer_subject(answered: Note | None) -> str:
    if answered is None:
        return ""
    subject = answered.subject or ""
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"[: drafts.LONGEST_SUBJECT]


def _show_form(house: House, draft: Note | None, answered: Note | None, own: list[NoteTemplate]) -> None:
    st.text_input("To", key=_TO, placeholder="Names at DeviantArt, parted by commas", persist_state="session")
    st.text_input("Subject", key=_SUBJECT, max_chars=drafts.LONGEST_SUBJECT, persist_state="session")
    if own:
        names = [one.name for one in own]
        chosen = st.menu_button("From a template", names, icon=":material/description:", key="notes-from-template")
        if chosen:
            _fill(house, next(one for one in own if one.name == chosen), answered)
    st.text_area("Note", key=_BODY, height=240, max_chars=drafts.LONGEST_BODY, persist_state="session")
    with st.container(horizontal=True, gap="small"):
        is_sent = st.button("Send", type="primary", icon=":material/send:", key="notes-send")
        is_kept = st.button("Keep as draft", icon=":material/save:", key="notes-keep")
        is_discarded = draft is not None and st.button("Discard", icon=":material/delete:", key="notes-discard")
    if is_sent:
        _send(house, draft)
    elif is_kept:
        _keep(house, draft)
    elif is_discarded and draft is not None:
        _discard(house, draft)


def _keep(house: House, draft: Note | None) -> None:
    with acting():
        kept = _save(house, draft)
        leave_notice("The draft is kept.")
        go(folder=MINE, label=None, write=kept)
        st.rerun()


def _discard(house: House, draft: Note) -> None:
    with acting():
        with house.runtime.database.session() as session:
            drafts.discard_draft(session, house.user.actor, draft.id, now=utc_now())
        leave_notice("The draft is gone.")
        go()
        st.rerun()


def _fill(house: House, template: NoteTemplate, answered: Note | None) -> None:
    with acting():
        filled = templates.fill(
            template,
            to=drafts.read_recipients(st.session_state.get(_TO) or ""),
            me=house.account.username,
            subject=(answered.subject or "") if answered else "",
            day=local(utc_now(), house.user.timezone).date(),
        )
        st.session_state["notes.filled"] = (filled.subject, filled.body)
        st.rerun()


def apply_filled() -> None:
    """Put what a template became into the fields; before they are drawn, for afterwards nobody may."""
    subject, body = st.session_state.pop("notes.filled", (None, None))
    if subject:
        st.session_state[_SUBJECT] = subject
    if body is not None:
        st.session_state[_BODY] = body


def _save(house: House, draft: Note | None) -> str:
    fields = [str(st.session_state.get(name) or "") for name in (_TO, _SUBJECT, _BODY)]
    with house.runtime.database.session() as session:
        kept = drafts.save_draft(
            session, house.user.actor, house.account.id, [fields[0]], fields[1], fields[2],
            draft_id=draft.id if draft else None, now=utc_now(),
        )  # fmt: skip
    return kept.id


def _send(house: House, draft: Note | None) -> None:
    with acting():
        kept = _save(house, draft)
        # Whatever happens from here on, what was written is a draft; the form must not make a second one.
        go(keep_place=True, write=kept)
        try:
            with st.spinner("Sending…"):
                report = sending.send(house.line, house.user.actor, kept, reply_to=house.shown.answer, now=utc_now())
        except NoteInDoubt as error:
            leave_notice(plain(str(error)), is_trouble=True)
        else:
            _tell(report)
        st.rerun()


def _tell(report: SendReport) -> None:
    forget_read()
    st.session_state.pop(_OF, None)
    reached = listed([plain(one) for one in report.arrived])
    if not report.failed:
        leave_notice(f"Sent to {reached}.")
        go()
        return
    missed = listed([plain(one) for one in report.failed])
    begin = f"Sent to {reached}, but" if report.arrived else "It was not sent:"
    leave_notice(f"{begin} {missed} did not get it. The draft keeps those names.", is_trouble=True)
    go(folder=MINE, label=None, write=report.draft_id)


def _show_doubt(house: House, draft: Note) -> None:
    st.warning(
        "The answer to sending this note was lost, so it may have arrived. It can be sent again once that is known.",
        icon=":material/help:",
    )
    st.caption(f"To {listed([plain(one) for one in draft.recipients])} · {plain(draft.subject or 'No subject')}")
    if st.button("Look it up in Sent", type="primary", icon=":material/search:", key="notes-look-up"):
        with acting():
            report = sending.look_up(house.line, house.user.actor, draft.id, now=utc_now())
            _tell(report)
            st.rerun()
