"""A person's own workflow in the catalogue."""

from core.identity.models import InstanceUserRole
from core.studio.catalogue import workflows
from core.studio.catalogue.workflows import CustomModel
from core.studio.parameters import ParameterSpec, ParameterSpecSet, ParameterType
from core.studio.workflows import read_workflow
from tests.factories import NOON, make_actor
from tests.studio.factories import make_model, make_provider
from tests.studio.test_workflows import BASIC


def test_a_workflow_of_ones_own_can_choose_what_the_server_has(session):
    admin = make_actor(session, role=InstanceUserRole.ADMIN)
    server, other = make_provider(session, "comfyui"), make_provider(session, "comfyui-other", kind="comfyui")
    for provider, choices in ((server, ("heun", "ddim")), (other, ("lcm",))):
        spec = ParameterSpec("sampler_name", ParameterType.ENUM, choices=choices, default=choices[0])
        make_model(session, provider, parameter_schema=ParameterSpecSet.of([spec]).to_json())
    found = read_workflow(BASIC)
    model = CustomModel("Mine", found.modality, found.parameters, found.definition(), capabilities=found.capabilities())
    row = workflows.add_workflow(session, admin, server.id, model, now=NOON)
    sampler = ParameterSpecSet.from_json(row.parameter_schema).get("sampler_name")
    assert sampler is not None
    assert sampler.choices == ("heun", "ddim")
    assert row.capabilities["images_per_call"] == 8
    assert row.definition["outputs"] == ["9"]
