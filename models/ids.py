"""How things are named: workflow, task and event ids, built here only.

Event ids are natural keys, never counters: what is written again after a crash, a retry or a reset is the same entry.
"""

TASK_QUEUE = "covenants"

DIGESTS = "digests"
"""The schedule of the digests, and how the ids of what it starts begin."""

STAMPS = "stamps"
"""The schedule of the timestamps over the heads of the chains, and how the ids of what it starts begin."""

WEBHOOKS = "webhooks"
"""The workflow that tells webhooks what happened; it ends when there is none to tell."""


def job_workflow(job: str) -> str:
    """Id of the workflow of long work."""
    return f"job:{job}"


def covenant_workflow(slug: str) -> str:
    """Id of the workflow of a covenant."""
    return f"covenant:{slug}"


def step_workflow(slug: str, no: int) -> str:
    """Id of the workflow of the n-th started step."""
    return f"covenant:{slug}/step:{no}"


def round_workflow(slug: str, no: int) -> str:
    """Id of the workflow of the n-th dialogue round of the covenant."""
    return f"covenant:{slug}/round:{no}"


def question_workflow(slug: str, no: int) -> str:
    """Id of the workflow of the n-th question put to the parties beside the plan."""
    return f"covenant:{slug}/question:{no}"


def accession_workflow(slug: str, no: int) -> str:
    """Id of the workflow in which an applicant signs, by the number of the question that admitted it."""
    return f"covenant:{slug}/accession:{no}"


def meeting_workflow(slug: str, no: int) -> str:
    """Id of the workflow of the n-th meeting of the covenant."""
    return f"covenant:{slug}/meeting:{no}"


def meeting_of(workflow_id: str) -> int | None:
    """The meeting a workflow is of; none when it is of something else."""
    _, _, no = workflow_id.partition("/meeting:")
    return int(no) if no.isdigit() else None


def task(slug: str, where: str, respondent: str) -> str:
    """Id of a human task; `where` is the step key, `round-2`, or `2029-report`."""
    return f"{slug}/{where}/{respondent}"


def covenant_of(task_id: str) -> str:
    """The covenant a task belongs to."""
    return task_id.split("/", 1)[0]


def covenant_of_workflow(workflow_id: str) -> str:
    """The covenant a workflow belongs to."""
    return covenant_of(workflow_id.removeprefix("covenant:"))
