"""Lookups and templates as files; what a lookup becomes; what another model would drop."""

import csv
import io
import json

import pytest

from core.publishing.csv_cells import cell
from core.studio.wording import exchange, lookups, nesting, template_files, templates
from core.studio.wording.applying import fit_template
from core.studio.wording.errors import GenerationTemplateRefused, LookupRefused
from core.studio.wording.lookups import LookupForm
from core.studio.wording.templates import TemplateForm
from core.system.actors import Actor
from tests.factories import NOON, make_user
from tests.studio.factories import make_lookup, make_model, make_provider

ODD = ["plain", "with, comma", 'with "quotes"', "[color]", "\\[color]", "=1+1", "-5", "été", "red\\, green"]


@pytest.fixture
def alice(session):
    return Actor.person(make_user(session, "alice").id)


def own(session, actor):
    return {row.key: list(row.values) for row in lookups.list_lookups(session, actor) if not row.is_system}


def as_csv(rows):
    """As a screen writes it: what a spreadsheet would take for a formula is guarded."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([[cell(one) for one in row] for row in rows])
    return file.getvalue().encode("utf-8-sig")


def test_lookups_come_back_from_a_file_as_they_went(session, alice):
    kept = {"odd": ODD, "color": ["mauve", "teal"]}
    for key, values in kept.items():
        lookups.create_lookup(session, alice, LookupForm(key, values, "About it", "Mine"), now=NOON)
    rows = lookups.list_lookups(session, alice)
    bob = Actor.person(make_user(session, "bob").id)
    carol = Actor.person(make_user(session, "carol").id)
    table = exchange.read_file("all.csv", as_csv(exchange.table_of(rows)))
    exchange.take_lookups(session, bob, table, replace=False, now=NOON)
    assert own(session, bob) == kept
    assert {row.category for row in lookups.list_lookups(session, bob)} == {"Mine"}
    text = exchange.read_file("all.txt", exchange.text_of(rows).encode())
    exchange.take_lookups(session, carol, text, replace=False, now=NOON)
    assert own(session, carol) == kept


def test_one_lookup_is_named_by_its_file(session, alice):
    assert exchange.read_file("Art styles.txt", b"ink\n\nlinocut\n") == [LookupForm("Art-styles", ["ink", "linocut"])]


def test_a_key_there_is_stays_unless_it_is_to_be_replaced(session, alice):
    make_lookup(session, None, "house", ["a"])
    lookups.create_lookup(session, alice, LookupForm("sky", ["old"], "Kept", "Mine"), now=NOON)
    forms = [LookupForm("Sky", ["new"]), LookupForm("house", ["mine"])]
    taken = exchange.take_lookups(session, alice, forms, replace=False, now=NOON)
    assert (taken.added, taken.left, own(session, alice)["sky"]) == (["house"], ["sky"], ["old"])
    taken = exchange.take_lookups(session, alice, forms, replace=True, now=NOON)
    assert (taken.replaced, own(session, alice)) == (["sky", "house"], {"sky": ["new"], "house": ["mine"]})
    sky = next(row for row in lookups.list_lookups(session, alice) if row.key == "sky")
    assert (sky.description, sky.category) == ("Kept", "Mine")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"\xff\xfe\x00", "UTF-8"),
        ("a.txt", b"one\0two", "no text"),
        ("a.txt", b" \n\n", "no values"),
        ("a.txt", b"stray\n[sky]\nblue", "below no key"),
        ("a.csv", b"name,words\nsky,blue", "columns key and value"),
        ("a.csv", b"key,value\n,blue", "Row 2"),
        ("a.csv", b"", "columns key and value"),
        ("a.csv", b'key,value\nsky,"' + b"x" * 140_000 + b'"', "cannot|characters|read"),
        ("a.txt", b"x" * (5 * 1024**2 + 1), "larger than 5 MB"),
        ("a.txt", b"".join(b"[k%d]\nx\n" % n for n in range(501)), "at most 500"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(name, content, reason):
    with pytest.raises(LookupRefused, match=reason):
        exchange.read_file(name, content)


def test_of_a_file_with_one_bad_lookup_nothing_is_taken(session, alice):
    forms = [LookupForm("good", ["a"]), LookupForm("1 bad", ["b"])]
    session.commit()
    with pytest.raises(LookupRefused, match=r"“1 bad” cannot be taken.*Nothing of the file"):
        exchange.take_lookups(session, alice, forms, replace=False, now=NOON)
    session.rollback()
    assert own(session, alice) == {}


def test_the_tree_tells_nested_lookups_loops_and_repeats():
    words = {"sky": ["stars", "weather", "ground"], "weather": ["fog"], "ground": ["moss", "sky", "weather"]}
    branch = nesting.tree(words, "sky")
    ground = branch.below[2]
    assert [one.word for one in branch.below] == ["stars", "weather", "ground"]
    assert [(one.word, one.is_lookup, one.is_loop, one.is_again) for one in ground.below] == [
        ("moss", False, False, False),
        ("sky", False, True, False),
        ("weather", False, False, True),
    ]
    found = nesting.resolved(words, "sky")
    assert (found.values, found.cycles) == (("stars", "fog", "moss"), ("sky",))
    deep = {f"k{n}": [f"k{n + 1}"] for n in range(5000)}
    assert nesting.tree(deep, "k0").is_lookup


def test_values_written_as_in_a_prompt_are_told_apart():
    assert nesting.bracketed(["boat", "a [boat]", "[x", "[]", "[a,b] lake", "x]"]) == ["a [boat]", "[a,b] lake"]


def test_a_line_is_tried_with_its_first_ten_items():
    words = {"n": [str(number) for number in range(40)]}
    trial = nesting.try_line(words, "boat [n], [a,b]")
    assert (len(trial.prompts), trial.prompts[0], trial.possible, trial.warnings) == (10, "boat 0, a", "80", ())


def test_templates_come_back_from_a_file_without_their_pictures(session, alice):
    kept = {"prompt": "a [color] harbour", "parameters": {"steps": "10,20"}, "inputs": {"image": "prd_x"}}
    row = templates.save_template(
        session, alice, TemplateForm("Harbours", "Ten"), provider="local", model="painter", parameter_set=kept, now=NOON
    )
    entries = template_files.read_templates("a.json", template_files.templates_json([row]))
    bob = Actor.person(make_user(session, "bob").id)
    (made,) = template_files.take_templates(session, bob, entries, now=NOON)
    assert (made.name, made.description, made.model, made.user_id) == ("Harbours", "Ten", "painter", bob.user_id)
    assert made.parameter_set["parameters"] == {"steps": "10,20"} and made.parameter_set["inputs"] == {}


def _file(**entry):
    whole = {"name": "A", "provider": "local", "model": "m", "parameter_set": {}} | entry
    return json.dumps({"kind": template_files.KIND, "version": 1, "templates": [whole]}).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no templates of Atelier"),
        (b'{"kind": "atelier.templates", "version": 9, "templates": []}', "another version"),
        (b'{"kind": "atelier.templates", "version": 1, "templates": []}', "must hold 1 to 500"),
        (b'{"kind": "atelier.templates", "version": 1, "templates": [7]}', "nothing that can be read"),
        (_file(name=""), "no name"),
        (_file(model="x" * 201), "no model"),
        (_file(parameter_set={"prompt": 7}), "no order form"),
        (_file(parameter_set={"parameters": {"steps": {}}}), "no order form"),
        (_file(parameter_set={"prompt": "a\0b"}), "no order form"),
        (_file(parameter_set={"images_per_item": "many"}), "no order form"),
    ],
)
def test_a_bad_file_of_templates_is_refused_in_a_sentence(content, reason):
    with pytest.raises(GenerationTemplateRefused, match=reason):
        template_files.read_templates("a.json", content)


def test_another_model_keeps_what_it_takes_and_names_what_it_drops(session, alice):
    provider = make_provider(session)
    make_model(session, provider)
    make_model(session, provider, "plain", parameter_schema=[], capabilities={"accepts_negative_prompt": False})
    kept = {"prompt": "x", "negative_prompt": "y", "parameters": {"steps": "12"}, "inputs": {"image": "prd_x"}}
    row = templates.save_template(
        session, alice, TemplateForm("A"), provider="gone", model="gone", parameter_set=kept, now=NOON
    )
    fit = fit_template(session, alice, row.id, provider_id="local", model_id="painter")
    assert (fit.kept, fit.dropped) == ({"steps": 12}, ("“Painter” takes no picture as “image”.",))
    dropped = fit_template(session, alice, row.id, provider_id="local", model_id="plain").dropped
    assert len(dropped) == 3 and "steps" in dropped[0] and "picture" in dropped[1] and "not to be" in dropped[2]
