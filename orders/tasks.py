"""Background work. Tasks are safe to repeat: each asks the state of its row first."""

from django_tasks import task


@task()
def compute_match(run_id: int) -> None:
    # Here, not above: the actions enqueue these tasks.
    from orders.actions.computing import run_match  # noqa: PLC0415

    run_match(run_id)


@task()
def carry_out_match(run_id: int) -> None:
    from orders.actions.committing import carry_out  # noqa: PLC0415

    carry_out(run_id)
