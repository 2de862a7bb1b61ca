"""`simkit completion`: TAB for bash, zsh and fish."""

from __future__ import annotations

import click

from simkit.cli.group import COMPLETING


@click.command(short_help="Print the TAB completion for a shell.")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that makes TAB complete commands, options, policies, entry points and goals.

    \b
    Examples:
      eval "$(simkit completion bash)"                                   in ~/.bashrc
      eval "$(simkit completion zsh)"                                    in ~/.zshrc
      simkit completion fish > ~/.config/fish/completions/simkit.fish
    """
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    if made is None:  # every name in the Choice is one of click's own
        raise click.UsageError(f"click has no completion for {shell}: use bash, zsh or fish")
    template = made(context.find_root().command, {}, "simkit", COMPLETING)
    click.echo(template.source_template % template.source_vars())
