"""Cases as text: requests, and what must come back.

    == title
    Operation {input}
    => {answer}
    Operation {input}
    => error Code 400: message

A line that starts with white space continues the one above; in a message it is a line of its own.
A step without `=>` must succeed. `Code` may be `A|B`; `*` in a message stands for anything. A number
written as "50±0.5" is met within that distance, "*" is met by anything; "=name" too, and `$name` is what
that was from then on. In both directions:

    $NS          a namespace of the case's own
    $URL         the URL of the queue of that name
    $QUEUE, $TOPIC   the ARNs of the queue and of the topic of that name
    $OPEN        a policy that lets topics send to a queue
    T, T+90s     a full hour between one and two hours ago, and times around it (s, m, h, d)
    N, N-1m      the minute it is now
    {"$range": 3}         [0, 1, 2]
    {"$repeat": [2, X]}   [X, X], where $i in X counts from 0
    {"$text": ["ab", 2]}  "abab"
    {"$json": X}          in an answer: a text that is JSON, and X when it is read
"""

import fnmatch
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from clients import Fault, tidy

CASES = Path(__file__).parent / "cases"
TIME = re.compile(r"([TN])(?:([+-])(\d+)([smhd]))?")
UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}
ABOUT = re.compile(r"(-?[\d.]+)±([\d.]+)")
NAME = re.compile(r"\$(\w+)")
REMEMBERED = re.compile(r"=(\w+)")
OPEN = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": "*",
            }
        ],
    }
)
REFUSAL = re.compile(r"error (?P<codes>[\w.|]+)(?: (?P<status>\d+))?: ?(?P<message>.*)", re.DOTALL)


@dataclass
class Step:
    operation: str
    parameters: str
    expected: str | None = None


@dataclass
class Case:
    title: str
    steps: list[Step] = field(default_factory=list)

    def __str__(self) -> str:
        return self.title.replace(" ", "-")


def load(file: str) -> list[Case]:
    cases = []
    for number, line in enumerate((CASES / file).read_text().splitlines(), 1):
        where = f"{file}:{number}"
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("== "):
            cases.append(Case(line[3:].strip()))
        elif line.startswith("=> "):
            step = cases[-1].steps[-1]
            assert step.expected is None, f"{where}: a second answer to one request"
            step.expected = line[3:]
        elif line[0].isspace():
            step = cases[-1].steps[-1]
            if step.expected is None:
                step.parameters += "\n" + line.strip()
            else:
                step.expected += "\n" + line.strip()
        else:
            operation, _, parameters = line.partition(" ")
            assert re.fullmatch(r"[A-Z]\w+", operation), f"{where}: not an operation: {line}"
            cases[-1].steps.append(Step(operation, parameters))
    return cases


class Frame:
    """What the placeholders of a table stand for in one run of a case."""

    def __init__(self, namespace: str, now: datetime, endpoint: str = ""):
        self.namespace = namespace
        self.names = {
            "NS": namespace,
            "URL": f"{endpoint}/000000000000/{namespace}",
            "QUEUE": f"arn:aws:sqs:us-east-1:000000000000:{namespace}",
            "TOPIC": f"arn:aws:sns:us-east-1:000000000000:{namespace}",
            "OPEN": OPEN,
        }
        self.starts = {
            "T": now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1),
            "N": now.replace(second=0, microsecond=0),
        }

    def filled(self, value):
        """A value of the table with its placeholders replaced."""
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if isinstance(value, dict):
            match value:
                case {"$repeat": [count, item]}:
                    text = json.dumps(item)
                    return [self.filled(json.loads(text.replace("$i", str(index)))) for index in range(count)]
                case {"$range": count}:
                    return list(range(count))
                case {"$text": [text, count]}:
                    return text * count
            return {key: self.filled(item) for key, item in value.items()}
        if isinstance(value, str):
            if time := TIME.fullmatch(value):
                base, sign, count, unit = time.groups()
                offset = timedelta(seconds=int(count) * UNIT_S[unit]) if count else timedelta()
                return self.starts[base] - offset if sign == "-" else self.starts[base] + offset
            return self.named(value)
        return value

    def named(self, text: str) -> str:
        return NAME.sub(lambda name: self.names.get(name[1], name[0]), text)

    def shown(self, value) -> str:
        """A value as text, with times as the table writes them."""
        return json.dumps(value, sort_keys=True, ensure_ascii=False, default=self._time)

    def _time(self, value: datetime) -> str:
        offset = (value - self.starts["T"]).total_seconds()
        if offset == 0:
            return "T"
        return f"T{offset / 60:+g}m" if offset % 60 == 0 else f"T{offset:+g}s"

    def run(self, case: Case, client) -> None:
        for step in case.steps:
            asked = self.filled(json.loads(step.parameters))
            try:
                answer = client.call(step.operation, asked)
            except Fault as fault:
                self.check_refusal(step, fault)
                continue
            assert not (step.expected or "").startswith("error "), (
                f"{step.operation} was expected to fail with\n  {step.expected}\nand answered\n{self.shown(answer)}"
            )
            if step.expected is not None:
                expected = tidy(self.filled(json.loads(step.expected)))
                wanted = f"{step.operation} was expected to answer\n{self.shown(expected)}"
                assert self.same(expected, answer), f"{wanted}\nand answered\n{self.shown(answer)}"

    def check_refusal(self, step: Step, fault: Fault) -> None:
        expected = REFUSAL.fullmatch(step.expected or "")
        assert expected, f"{step.operation} failed with {fault}\nand was expected to answer {step.expected}"
        message = self.named(expected["message"])
        pattern = message.replace("[", "[[]").replace("?", "[?]")
        wanted = f"{step.operation} was expected to fail with\n  {step.expected}\nand failed with\n  {fault}"
        assert fault.code in expected["codes"].split("|"), wanted
        assert fnmatch.fnmatchcase(fault.message.strip(), pattern), wanted
        assert fault.status in (None, int(expected["status"] or 400)), wanted

    def same(self, expected, actual) -> bool:
        if isinstance(expected, dict) and expected.keys() == {"$json"} and isinstance(actual, str):
            return self.same(expected["$json"], json.loads(actual))
        if isinstance(expected, dict) and isinstance(actual, dict):
            return expected.keys() == actual.keys() and all(self.same(expected[key], actual[key]) for key in expected)
        if isinstance(expected, list) and isinstance(actual, list):
            return len(expected) == len(actual) and all(map(self.same, expected, actual))
        if isinstance(expected, str) and isinstance(actual, str) and (name := REMEMBERED.fullmatch(expected)):
            self.names[name[1]] = actual
            return True
        if isinstance(expected, str) and isinstance(actual, (int, float)) and (about := ABOUT.fullmatch(expected)):
            return abs(actual - float(about[1])) <= float(about[2])
        return expected in ("*", actual)
