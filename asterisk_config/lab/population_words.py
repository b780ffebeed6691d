"""Populations as JSON, for the process that plays them."""

from dataclasses import asdict

from asterisk_config.lab.population import (
    Behaviour,
    DigitPopulation,
    Fate,
    FixedPopulation,
    Misbehaviour,
    RandomPopulation,
)

AnyPopulation = DigitPopulation | FixedPopulation | RandomPopulation


def population_words(population: AnyPopulation) -> dict[str, object]:
    """A population as JSON knows it."""
    match population:
        case DigitPopulation():
            return {"kind": "digits", **asdict(population)}
        case RandomPopulation():
            return {"kind": "random", **asdict(population)}
        case FixedPopulation():
            behaviours = {
                number: _behaviour_words(behaviour) for number, behaviour in population.behaviours.items()
            }
            otherwise = _behaviour_words(population.otherwise)
            return {"kind": "fixed", "behaviours": behaviours, "otherwise": otherwise}


def read_population(words: dict[str, object]) -> AnyPopulation:
    """The population that `population_words` wrote.

    >>> read_population(population_words(RandomPopulation(seed=3))) == RandomPopulation(seed=3)
    True
    """
    rest = {name: value for name, value in words.items() if name != "kind"}
    if words["kind"] == "digits":
        return DigitPopulation(**rest)  # type: ignore[arg-type] # written by `population_words` alone
    if words["kind"] == "random":
        return RandomPopulation(**rest)  # type: ignore[arg-type] # likewise
    behaviours = rest["behaviours"]
    assert isinstance(behaviours, dict)
    return FixedPopulation(
        behaviours={number: _read_behaviour(value) for number, value in behaviours.items()},
        otherwise=_read_behaviour(rest["otherwise"]),
    )


def _behaviour_words(behaviour: Behaviour) -> dict[str, object]:
    words = asdict(behaviour)
    words["fate"] = behaviour.fate.value
    words["misbehaviours"] = sorted(each.value for each in behaviour.misbehaviours)
    return words


def _read_behaviour(words: object) -> Behaviour:
    assert isinstance(words, dict)
    fate, misbehaviours = Fate(words["fate"]), frozenset(map(Misbehaviour, words["misbehaviours"]))
    return Behaviour(**{**words, "fate": fate, "misbehaviours": misbehaviours})
