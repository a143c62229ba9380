"""Dialogs for lookups: writing one, and taking a file of them in."""

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.wording import exchange, lookups
from core.studio.wording.lookups import LookupForm, values_of_text
from core.studio.wording.nesting import bracketed
from core.ui.errors import guarded
from core.ui.wording.acting import Opened, close, finish, while_there
from core.ui.words import count, listed, plain


def show_lookup_form(user: SignedIn, dialog: Opened) -> None:
    """A lookup: new, or ``dialog``'s. Changing one of the house makes one of one's own."""

    @st.dialog("New lookup" if dialog.subject_id is None else "Edit the lookup", width="medium", on_dismiss=close)
    @while_there
    def ask() -> None:
        with get_runtime().database.read() as session:
            row = None if dialog.subject_id is None else lookups.get_lookup(session, user.actor, dialog.subject_id)
            categories = sorted({one.category for one in lookups.list_lookups(session, user.actor) if one.category})
        if row is not None and row.is_system:
            st.info("This one is the house's. Saving makes your own of the same key, which goes before it.",
                    icon=":material/content_copy:")  # fmt: skip
        left, right = st.columns(2)
        key = left.text_input(
            "Key",
            row.key if row else "",
            key=f"{dialog.key}-key",
            max_chars=lookups.KEY_LENGTH,
            placeholder="art-style",
            help="In a prompt it is written in brackets: [art-style].",
        )
        category = right.selectbox("Category", categories, accept_new_options=True, placeholder="None",
                                   index=categories.index(row.category) if row and row.category else None,
                                   key=f"{dialog.key}-category")  # fmt: skip
        about = st.text_input("Description", (row.description if row else None) or "", key=f"{dialog.key}-about")
        typed = st.text_area("Values, one a line", "\n".join(row.values) if row else "", height=260,
                             key=f"{dialog.key}-values",
                             help="The key of another lookup stands for all of its values.") or ""  # fmt: skip
        _say_count(typed)
        if st.button("Save", type="primary", icon=":material/check:", key=f"{dialog.key}-save"):
            with guarded():
                form = LookupForm(key or "", values_of_text(typed), about, category)
                with get_runtime().database.session() as session:
                    if row is None:
                        lookups.create_lookup(session, user.actor, form, now=utc_now())
                    else:
                        lookups.edit_lookup(session, user.actor, row.id, form, now=utc_now())
                finish(f"“{form.key.strip()}” was saved.")

    ask()


def _say_count(typed: str) -> None:
    written = [" ".join(line.split()) for line in typed.splitlines() if line.strip()]
    twice = sorted({one for one in written if written.count(one) > 1}) if len(written) < 2000 else []
    try:
        values = values_of_text(typed)
    except AtelierError as error:
        st.caption(f":orange[{plain(str(error))}]")
        return
    more = f"; {listed([f'“{plain(one)}”' for one in twice[:5]])} is there twice and counts once" if twice else ""
    st.caption(f"{count(len(values), 'value')}{more}")
    if written_out := bracketed(values):
        st.caption(
            f":orange[{listed([f'“{plain(one)}”' for one in written_out[:5]])}: brackets stay in the picture's words. "
            "To mean the values of another lookup, write its key alone, without brackets.]"
        )


def show_taking_lookups(user: SignedIn, dialog: Opened) -> None:
    """Take lookups from files."""

    @st.dialog("Import lookups", width="medium", on_dismiss=close)
    @while_there
    def ask() -> None:
        st.caption("Text with one value a line: the key is the name of the file, or stands in brackets above its "
                   "values. Or CSV with the columns key and value.")  # fmt: skip
        files = st.file_uploader("Files", ["txt", "csv"], accept_multiple_files=True, key=f"{dialog.key}-files",
                                 max_upload_size=exchange.MOST_BYTES // 1024**2) or []  # fmt: skip
        replace = st.checkbox("Replace lookups of mine that have the same key", key=f"{dialog.key}-replace")
        if not files:
            return
        with guarded():
            forms = [form for one in files for form in exchange.read_file(one.name, one.getvalue())]
            total = sum(len(form.values) for form in forms)
            st.markdown(
                f"{count(len(forms), 'lookup')} with {count(total, 'value')}: "
                f"{plain(listed([form.key for form in forms[:8]]))}{' …' if len(forms) > 8 else ''}"
            )
            if st.button("Import them", type="primary", icon=":material/upload:", key=f"{dialog.key}-take"):
                with get_runtime().database.session() as session:
                    taken = exchange.take_lookups(session, user.actor, forms, replace=replace, now=utc_now())
                finish(_told(taken))

    ask()


def _told(taken: exchange.Taken) -> str:
    parts = [f"{len(taken.added)} added"]
    parts += [f"{len(taken.replaced)} replaced"] if taken.replaced else []
    parts += [f"{len(taken.left)} left as they are"] if taken.left else []
    return f"Lookups: {listed(parts)}."
