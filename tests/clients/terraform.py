"""Terraform with its AWS provider, unchanged, on a folder of `.tf` files and an endpoint of ours.

The provider is never downloaded: it comes from a folder laid out as a filesystem mirror, which
`NEPHO_TERRAFORM_PLUGINS` names, or from the places where Terraform and its packages keep one. Where either is
missing, `missing()` says what, and tests are skipped with those words.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

DEADLINE_S = 300
PROVIDER = Path("registry.terraform.io/hashicorp/aws")
# The folders that Terraform looks into by itself, and where images that bring a mirror put it.
MIRRORS = ["~/.terraform.d/plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", "/opt/*"]


def mirror() -> Path | None:
    """The folder with the provider in it."""
    named = os.environ.get("NEPHO_TERRAFORM_PLUGINS")
    roots = [Path(root).expanduser() for root in ([named] if named else MIRRORS)]
    folders = [folder for root in roots for folder in sorted(Path("/").glob(str(root.absolute())[1:]))]
    return next((folder for folder in folders if (folder / PROVIDER).is_dir()), None)


def missing() -> str | None:
    """Why nothing can be tried with Terraform here; `None` where it can."""
    if shutil.which("terraform") is None:
        return "terraform is not installed"
    if mirror() is None:
        return f"Terraform's provider {PROVIDER} is in no folder that is known; NEPHO_TERRAFORM_PLUGINS names one"
    return None


class Terraform:
    """A copy of a folder of definitions, initialised, with every service of the provider at one endpoint."""

    def __init__(self, folder: Path, endpoint: str, scratch: Path):
        self.folder = scratch / folder.name
        shutil.copytree(folder, self.folder)
        settings = scratch / "terraform.rc"
        settings.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror()}"\n  }}\n}}\n')
        mine = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        self.environment = mine | {
            "TF_CLI_CONFIG_FILE": str(settings),
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        self.run("init")

    def run(self, command: str, *arguments: str, codes: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess:
        line = ["terraform", command, *([] if command == "show" else ["-input=false"]), "-no-color", *arguments]
        done = subprocess.run(
            line, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=DEADLINE_S
        )
        assert done.returncode in codes, f"{' '.join(line)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done

    def plan(self, **variables) -> dict[str, list[str]]:
        """What an apply would do: the actions for each address, without those where there is nothing to do."""
        self.run("plan", "-out=planned", *given(variables))
        changes = json.loads(self.run("show", "-json", "planned").stdout).get("resource_changes", [])
        actions = {change["address"]: change["change"]["actions"] for change in changes}
        return {address: done for address, done in actions.items() if done not in (["no-op"], ["read"])}

    def apply(self, **variables) -> None:
        self.run("apply", "-auto-approve", *given(variables))

    def destroy(self, **variables) -> None:
        self.run("destroy", "-auto-approve", *given(variables))


def given(variables: dict) -> list[str]:
    return [f"-var={name}={value}" for name, value in variables.items()]
