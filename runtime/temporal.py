"""The one way our code reaches Temporal: connect(), the data converter, the workflow sandbox, search attributes."""

import os

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from models.errors import Unavailable
from runtime.settings import Settings

PASSED_THROUGH = (
    "models", "rules", "workflows", "activities.names", "holidays", "dateutil", "diff_match_patch", "pydantic"
)  # fmt: skip
"""Imported once, not again for each workflow (ADR 0002): 0.2 instead of 45 ms for a covenant, and no memory.

What this switches off, the sandbox's guard against clocks and randomness in our own pure code, ruff's banned-api
rules (TID251 in pyproject.toml) keep.
"""

SEARCH_ATTRIBUTES = ("PolderSector", "PolderPhase", "PolderStatus")


def workflow_runner() -> SandboxedWorkflowRunner:
    """Return the sandbox that worker, tests and replays share."""
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH))


def quiet_runtime() -> Runtime:
    """Return a runtime whose core logs errors only."""
    return Runtime(
        telemetry=TelemetryConfig(
            logging=LoggingConfig(filter=TelemetryFilter(core_level="ERROR", other_level="ERROR"))
        )
    )


async def connect(settings: Settings, *, address: str | None = None, runtime: Runtime | None = None) -> Client:
    """Connect to the Temporal server of these settings.

    A profile (`temporalio.envconfig`: TEMPORAL_CONFIG_FILE, TEMPORAL_* variables) brings address, namespace, TLS and
    API key; `temporal_address` overrides its address; with neither, the embedded server's address is used.

    Raises:
        Unavailable: no server answers there.
    """
    config = ClientConfig.load_client_connect_config(profile=settings.temporal_profile or None)
    target = address or settings.temporal_address or config.get("target_host") or settings.embedded_address
    config["target_host"] = target
    if not os.environ.get("TEMPORAL_NAMESPACE") and not settings.temporal_profile:
        config["namespace"] = settings.temporal_namespace
    try:
        return await Client.connect(**config, data_converter=pydantic_data_converter, runtime=runtime)
    except (RuntimeError, RPCError, OSError) as error:
        raise no_server(target, error) from error


def no_server(target: str, error: BaseException) -> Unavailable:
    """Say in words that Temporal cannot be reached."""
    return Unavailable(
        "temporal_unavailable",
        f"De Temporal-server op {target} is niet te bereiken. Er is niets verloren. Verwacht: een lopende server; "
        "start de ingebouwde met `polder up`, of zet POLDER_TEMPORAL_ADDRESS.",
        f"The Temporal server at {target} cannot be reached. Nothing was lost. Expected: a running server; start the "
        "embedded one with `polder up`, or set POLDER_TEMPORAL_ADDRESS.",
        {"address": target, "detail": str(error).splitlines()[0][:200] if str(error) else ""},
    )


async def register_search_attributes(client: Client) -> None:
    """Make sure the namespace knows our search attributes; those it knows are left alone."""
    namespace = client.namespace
    known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=namespace))
    missing = {
        name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
        for name in SEARCH_ATTRIBUTES
        if name not in known.custom_attributes
    }
    if not missing:
        return
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=namespace, search_attributes=missing)
        )
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
