"""Ways from one principal to the rights of another: what each takes, and what must be there.

Names, permissions and preconditions are those of the catalogue pathfinding.cloud (DataDog, commit 84dd65c9,
Apache-2.0), whose ids stand beside them, and of the labs beside it (commit 28cbf9aa). Which resource an action is
about is from the Service Authorization Reference of AWS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simkit.importers.aws.arn_form import ArnForm

ANYTHING = ArnForm("")
"""An action that is about no resource, so that `*` is asked for."""
FORMS: Mapping[str, ArnForm] = {
    "function": ArnForm("lambda", "function:{}"),
    "instance": ArnForm("ec2", "instance/{}"),
    "launch template": ArnForm("ec2", "launch-template/{}"),
    "stack": ArnForm("cloudformation", "stack/{}/x"),
    "stack set": ArnForm("cloudformation", "stackset/{}:x"),
    "project": ArnForm("codebuild", "project/{}"),
    "cluster": ArnForm("ecs", "cluster/{}"),
    "task definition": ArnForm("ecs", "task-definition/{}:1"),
    "ecs service": ArnForm("ecs", "service/x/{}"),
    "development endpoint": ArnForm("glue", "devEndpoint/{}"),
    "glue job": ArnForm("glue", "job/{}"),
    "glue trigger": ArnForm("glue", "trigger/{}"),
    "notebook": ArnForm("sagemaker", "notebook-instance/{}"),
    "lifecycle configuration": ArnForm("sagemaker", "notebook-instance-lifecycle-config/{}"),
    "training job": ArnForm("sagemaker", "training-job/{}"),
    "processing job": ArnForm("sagemaker", "processing-job/{}"),
    "app runner service": ArnForm("apprunner", "service/{}/x"),
    "code interpreter": ArnForm("bedrock-agentcore", "code-interpreter-custom/{}"),
    "pipeline": ArnForm("datapipeline", "pipeline/{}"),
    "event source": ArnForm(""),
}
"""Kinds of things that run code, or that such things need."""


@dataclass(frozen=True, slots=True)
class CodeWay:
    """One way to run code, or commands, as a role.

    `needs` are the actions, each with the kind of thing that it is about (empty: none). `passed_to`: the services to
    one of which the role is passed, which it must trust; empty: the role runs already in a thing of the kind `on`.
    `there` are kinds of which one must exist. `waits`: the code runs when the thing is next used, and not at once.
    """

    id: str
    needs: tuple[tuple[str, str], ...]
    passed_to: tuple[str, ...] = ()
    on: str = ""
    there: tuple[str, ...] = ()
    profile: bool = False
    managed: bool = False
    waits: bool = False

    @property
    def title(self) -> str:
        """The actions, the first with its service."""
        first, *rest = (action for action, _ in self.needs)
        names = [first.partition(":")[2], *(each.partition(":")[2] for each in rest)]
        return "+".join([*(["PassRole"] if self.passed_to else []), *names])

    @property
    def tool(self) -> str:
        """The service whose actions these are."""
        return self.needs[0][0].partition(":")[0]


def _on(kind: str, *actions: str) -> tuple[tuple[str, str], ...]:
    return tuple((action, kind) for action in actions)


_ECS, _GLUE, _SAGEMAKER = ("ecs-tasks.amazonaws.com",), ("glue.amazonaws.com",), ("sagemaker.amazonaws.com",)
_LAMBDA, _EC2, _BUILD = ("lambda.amazonaws.com",), ("ec2.amazonaws.com",), ("codebuild.amazonaws.com",)
_STACKS = ("cloudformation.amazonaws.com",)
_PIPELINES = ("datapipeline.amazonaws.com", "elasticmapreduce.amazonaws.com")
_MAKES = _on("function", "lambda:CreateFunction")
_TASK = (("ecs:RegisterTaskDefinition", ""),)
_PIPELINE = _on("", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition")
_INTERPRETER = ("bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter")
_NEW_CLUSTER = _on("cluster", "ecs:CreateCluster")
_SERVICE, _RUN = _on("ecs service", "ecs:CreateService"), _on("task definition", "ecs:RunTask")
_START = _on("task definition", "ecs:StartTask")
_TRIGGER = _on("glue trigger", "glue:CreateTrigger")
_JOB, _CHANGED_JOB = _on("glue job", "glue:CreateJob"), _on("glue job", "glue:UpdateJob")

NEW: tuple[CodeWay, ...] = (
    CodeWay("apprunner-001", _on("app runner service", "apprunner:CreateService"), ("tasks.apprunner.amazonaws.com",)),
    CodeWay(
        "bedrock-001",
        _on("code interpreter", "bedrock-agentcore:CreateCodeInterpreter", *_INTERPRETER),
        ("bedrock-agentcore.amazonaws.com",),
    ),
    CodeWay("cloudformation-001", _on("stack", "cloudformation:CreateStack"), _STACKS),
    CodeWay(
        "cloudformation-003",
        _on("stack set", "cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"),
        _STACKS,
    ),
    CodeWay("cloudformation-004", _on("stack set", "cloudformation:UpdateStackSet"), _STACKS, there=("stack set",)),
    CodeWay("codebuild-001", _on("project", "codebuild:CreateProject", "codebuild:StartBuild"), _BUILD),
    CodeWay("codebuild-004", _on("project", "codebuild:CreateProject", "codebuild:StartBuildBatch"), _BUILD),
    CodeWay("datapipeline-001", (*_PIPELINE, ("datapipeline:ActivatePipeline", "")), _PIPELINES),
    CodeWay("ec2-001", _on("instance", "ec2:RunInstances"), _EC2, profile=True),
    CodeWay("ec2-003", _on("", "ec2:RequestSpotInstances"), _EC2, profile=True),
    CodeWay("ecs-001", (*_NEW_CLUSTER, *_TASK, *_SERVICE), _ECS),
    CodeWay("ecs-002", (*_NEW_CLUSTER, *_TASK, *_RUN), _ECS),
    CodeWay("ecs-003", (*_TASK, *_SERVICE), _ECS, there=("cluster",)),
    CodeWay("ecs-004", (*_TASK, *_RUN), _ECS, there=("cluster",)),
    CodeWay("ecs-005", (*_TASK, *_START), _ECS, there=("cluster",)),
    CodeWay("ecs-009", _START, _ECS, there=("cluster", "task definition")),
    CodeWay("glue-001", _on("development endpoint", "glue:CreateDevEndpoint"), _GLUE),
    CodeWay("glue-003", (*_JOB, *_on("glue job", "glue:StartJobRun")), _GLUE),
    CodeWay("glue-004", (*_JOB, *_TRIGGER), _GLUE),
    CodeWay("glue-005", (*_CHANGED_JOB, *_on("glue job", "glue:StartJobRun")), _GLUE, there=("glue job",)),
    CodeWay("glue-006", (*_CHANGED_JOB, *_TRIGGER), _GLUE, there=("glue job",)),
    CodeWay("lambda-001", (*_MAKES, *_on("function", "lambda:InvokeFunction")), _LAMBDA),
    CodeWay("lambda-002", (*_MAKES, ("lambda:CreateEventSourceMapping", "")), _LAMBDA, there=("event source",)),
    CodeWay("lambda-006", (*_MAKES, *_on("function", "lambda:AddPermission")), _LAMBDA),
    CodeWay("sagemaker-001", _on("notebook", "sagemaker:CreateNotebookInstance"), _SAGEMAKER),
    CodeWay("sagemaker-002", _on("training job", "sagemaker:CreateTrainingJob"), _SAGEMAKER),
    CodeWay("sagemaker-003", _on("processing job", "sagemaker:CreateProcessingJob"), _SAGEMAKER),
)
"""A role is passed to something new, or to something that is changed so that it runs as that role."""

_CODE = "lambda:UpdateFunctionCode"
EXISTING: tuple[CodeWay, ...] = (
    CodeWay("apprunner-002", _on("app runner service", "apprunner:UpdateService"), on="app runner service"),
    CodeWay("bedrock-002", _on("code interpreter", *_INTERPRETER), on="code interpreter"),
    CodeWay("cloudformation-002", _on("stack", "cloudformation:UpdateStack"), on="stack"),
    CodeWay(
        "cloudformation-005",
        _on("stack", "cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"),
        on="stack",
    ),
    CodeWay("codebuild-002", _on("project", "codebuild:StartBuild"), on="project"),
    CodeWay("codebuild-003", _on("project", "codebuild:StartBuildBatch"), on="project"),
    CodeWay(
        "ec2-002",
        _on("instance", "ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"),
        on="instance",
    ),
    CodeWay(
        "ec2-004",
        _on("launch template", "ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"),
        on="launch template",
        waits=True,
    ),
    CodeWay("ec2instanceconnect-003", _on("instance", "ec2-instance-connect:SendSSHPublicKey"), on="instance"),
    CodeWay("glue-002", _on("development endpoint", "glue:UpdateDevEndpoint"), on="development endpoint"),
    CodeWay("lambda-003", _on("function", _CODE), on="function", waits=True),
    CodeWay("lambda-004", _on("function", _CODE, "lambda:InvokeFunction"), on="function"),
    CodeWay("lambda-005", _on("function", _CODE, "lambda:AddPermission"), on="function"),
    CodeWay("sagemaker-004", _on("notebook", "sagemaker:CreatePresignedNotebookInstanceUrl"), on="notebook"),
    CodeWay(
        "sagemaker-005",
        (
            *_on("lifecycle configuration", "sagemaker:CreateNotebookInstanceLifecycleConfig"),
            *_on(
                "notebook",
                "sagemaker:StopNotebookInstance",
                "sagemaker:UpdateNotebookInstance",
                "sagemaker:StartNotebookInstance",
            ),
        ),
        on="notebook",
    ),
    CodeWay("ssm-001", _on("instance", "ssm:StartSession"), on="instance", managed=True),
    CodeWay("ssm-002", _on("instance", "ssm:SendCommand"), on="instance", managed=True),
)
"""Code or commands are put where a role runs already."""

RUNS_FOR: Mapping[str, tuple[str, ...]] = {
    "app runner service": ("tasks.apprunner.amazonaws.com",),
    "code interpreter": ("bedrock-agentcore.amazonaws.com",),
    "stack": _STACKS,
    "project": _BUILD,
    "instance": _EC2,
    "launch template": _EC2,
    "development endpoint": _GLUE,
    "glue job": _GLUE,
    "function": _LAMBDA,
    "notebook": _SAGEMAKER,
}
"""The service that assumes the role of each kind of thing."""


@dataclass(frozen=True, slots=True)
class IamWay:
    """A call of IAM that changes who may do what: `effect` on things of the kind `over` (user, role, group, policy)."""

    id: str
    actions: tuple[str, ...]
    effect: str
    over: str


IAM: tuple[IamWay, ...] = (
    IamWay("iam-001", ("iam:CreatePolicyVersion",), "grant", "policy"),
    IamWay("", ("iam:SetDefaultPolicyVersion",), "grant", "policy"),
    IamWay("iam-002", ("iam:CreateAccessKey",), "mint", "user"),
    IamWay("iam-003", ("iam:CreateAccessKey", "iam:DeleteAccessKey"), "mint", "user"),
    IamWay("iam-004", ("iam:CreateLoginProfile",), "mint", "user"),
    IamWay("iam-005", ("iam:PutRolePolicy",), "grant", "role"),
    IamWay("iam-006", ("iam:UpdateLoginProfile",), "mint", "user"),
    IamWay("iam-007", ("iam:PutUserPolicy",), "grant", "user"),
    IamWay("iam-008", ("iam:AttachUserPolicy",), "grant", "user"),
    IamWay("iam-009", ("iam:AttachRolePolicy",), "grant", "role"),
    IamWay("iam-010", ("iam:AttachGroupPolicy",), "grant", "group"),
    IamWay("iam-011", ("iam:PutGroupPolicy",), "grant", "group"),
    IamWay("iam-012", ("iam:UpdateAssumeRolePolicy",), "assume", "role"),
    IamWay("iam-013", ("iam:AddUserToGroup",), "grant", "group"),
)
"""Combinations (iam-014 to iam-021, AttachRolePolicy and then AssumeRole, ...) follow: each call is a step."""
