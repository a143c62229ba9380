"""Combinations are counted, walked and drawn without being written out; a slow reference says what they should be."""

from hypothesis import given
from hypothesis import strategies as st

from core.studio.expansion import Limits, number_in_words
from tests.studio.expansion import reference
from tests.studio.expansion.reference import Brackets
from tests.studio.expansion.support import codes, expanded, prompts

LOOKUPS = {"a": ["a1", "a2", "a3"], "b": ["b1", "b2", "x"], "c": ["c1"]}
WORDS = st.sampled_from(["a", "a", "b", "c", "a_1", "b_1", "x", "y", ""])
CONTENTS = st.lists(WORDS, min_size=1, max_size=3).filter(lambda words: words != [""])
TOKENS = st.builds(lambda words: Brackets(tuple(words)), CONTENTS)
PICKS = st.builds(lambda words, pick: Brackets(tuple(words), pick), CONTENTS, st.none() | st.integers(1, 4))


def written(tokens: list[Brackets]) -> str:
    return "".join(f"<{token}>" for token in tokens)


def texts_of(items: list[str]) -> list[tuple[str, ...]]:
    return [tuple(item[1:-1].split("><")) if item else () for item in items]


@given(st.lists(TOKENS, max_size=5))
def test_combinations_are_those_of_the_reference_in_its_order_and_number(tokens):
    expansion = expanded(written(tokens), lookups=LOOKUPS)
    expected = list(reference.combinations(tokens, LOOKUPS))
    assert texts_of([item.prompt for item in expansion.items]) == expected
    assert expansion.possible == len(expected)


@given(st.lists(TOKENS, max_size=3), st.lists(TOKENS, max_size=2))
def test_tokens_of_both_prompts_make_one_product_and_share_what_is_used(tokens, negatives):
    expansion = expanded(written(tokens), written(negatives), lookups=LOOKUPS)
    expected = list(reference.combinations([*tokens, *negatives], LOOKUPS))
    found = [(*texts_of([one.prompt])[0], *texts_of([one.negative_prompt])[0]) for one in expansion.items]
    assert found == expected and expansion.possible == len(expected)


@given(st.lists(PICKS, max_size=4), st.integers(0, 5))
def test_a_random_subset_gives_its_number_wherever_so_many_are_left(tokens, seed):
    expansion = expanded(written(tokens), lookups=LOOKUPS, seed=seed)
    found = texts_of([item.prompt for item in expansion.items])
    assert expansion.possible == len(found)
    check_choices(tokens, [list(one) for one in found], frozenset())


def check_choices(tokens: list[Brackets], found: list[list[str]], used: reference.Used) -> None:
    """All combinations that begin alike go on with as many different options as they should."""
    if not tokens:
        assert found == [[]]
        return
    options, used = reference.available(tokens[0], used, LOOKUPS)
    texts = {text for text, _ in options}
    taken = {one[0] for one in found}
    count = len(options) if tokens[0].pick is None else min(tokens[0].pick, len(options))
    if len(texts) == len(options):  # two lookups that share a value offer it twice; then texts do not tell
        assert taken <= texts and len(taken) == count
        for option in options:
            if option[0] in taken:
                rest = [one[1:] for one in found if one[0] == option[0]]
                check_choices(tokens[1:], rest, reference.after(option, used))


@given(st.lists(PICKS, max_size=4), st.integers(1, 400))
def test_a_sample_is_different_combinations_in_their_order(tokens, wanted):
    text = written(tokens)
    everything = prompts(text, lookups=LOOKUPS)
    sample = prompts(f"batch:sample:{wanted} {text}", lookups=LOOKUPS)
    assert len(sample) == min(wanted, len(everything))
    rest = iter(everything)
    assert all(one in rest for one in sample)  # each further on than the one before


def test_a_sample_of_a_huge_product_takes_from_all_of_it():
    options = ",".join(f"o{number}" for number in range(10))
    for tokens in (12, 30, 200):
        text = "batch:sample:100 " + " ".join([f"[{options}]"] * tokens)
        expansion = expanded(text)
        assert expansion.possible == 10**tokens
        assert len({item.prompt for item in expansion.items}) == 100
        for place in range(tokens):  # 100 draws of ten options: a missing one would be a chance of 0.0003 for each
            assert len({item.prompt.split()[place] for item in expansion.items}) >= 8


def test_a_sample_of_a_huge_linked_product_never_repeats_a_value():
    lookups = {"n": [f"n{number}" for number in range(1000)]}
    expansion = expanded("batch:sample:100 " + " ".join(["[n]"] * 11), lookups=lookups)
    expected = 1
    for used in range(11):
        expected *= 1000 - used
    assert expansion.possible == expected > 10**32
    assert all(len(set(item.prompt.split())) == 11 for item in expansion.items)
    assert len({item.prompt.split()[0] for item in expansion.items}) > 80


def test_only_as_much_is_made_as_the_caps_allow():
    expansion = expanded(" ".join(["[a,b,c,d,e,f,g,h,i,j]"] * 30), limits=Limits())
    assert (len(expansion.items), expansion.possible, expansion.is_capped) == (100, 10**30, True)


def test_values_come_again_when_all_are_used_and_that_is_said():
    expansion = expanded("[shape] [shape] [shape]")
    assert expansion.possible == 2 * 1 * 2
    assert codes(expansion) == ["lookup_used_up"]
    assert [item.prompt.split()[:2] for item in expansion.items[:2]] == [["circle", "square"]] * 2


def test_thousands_of_tokens_of_one_lookup_are_counted():
    lookups = {"n": [f"n{number}" for number in range(500)]}
    expansion = expanded(" ".join(["[n,]"] * 2_000), lookups=lookups, limits=Limits())
    assert "lookup_restarts" in codes(expansion)
    assert len(expansion.items) == 100 and expansion.possible > 10**4_000


def test_a_number_of_any_size_can_be_said_in_words():
    assert number_in_words(1_234_567) == "1,234,567"
    assert number_in_words(10**15) == "about 10^15"
    assert number_in_words(9_999_999 * 10**10) == "about 10^17"
    assert number_in_words(144 * 10**30) == "about 1.4 × 10^32"
    assert number_in_words(25 * 10**9_999) == "about 2.5 × 10^10000"
    assert number_in_words(2**33_219) == "about 8.2 × 10^9999"
