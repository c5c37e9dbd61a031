"""Every kept history still replays: a change of workflow code that breaks one needs `workflow.patched`.

`python tests/replay/keep.py` plays a covenant and keeps its histories anew, next to the old ones.
"""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from runtime.temporal import workflow_runner
from worker import WORKFLOWS

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_kept_history_replays(path: Path) -> None:
    replayer = Replayer(workflows=WORKFLOWS, data_converter=pydantic_data_converter, workflow_runner=workflow_runner())
    result = await replayer.replay_workflow(WorkflowHistory.from_json(path.stem, path.read_text()))
    assert result.replay_failure is None


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_a_kept_history_names_no_folder_of_a_machine(path: Path) -> None:
    assert 'File \\"/' not in path.read_text()


def test_each_workflow_has_a_kept_history() -> None:
    kept = {path.stem.split(".")[0] for path in HISTORIES}
    assert kept >= {workflow.__name__ for workflow in WORKFLOWS}


async def test_a_changed_story_is_noticed() -> None:
    """The guard can fail: a history of one workflow does not replay as another."""
    path = next(path for path in HISTORIES if path.stem.startswith("TaskStepWorkflow"))
    text = path.read_text().replace('"name": "TaskStepWorkflow"', '"name": "ContributionStepWorkflow"')
    replayer = Replayer(workflows=WORKFLOWS, data_converter=pydantic_data_converter, workflow_runner=workflow_runner())
    result = await replayer.replay_workflow(WorkflowHistory.from_json("changed", text), raise_on_replay_failure=False)
    assert result.replay_failure is not None
