"""Background work. Tasks are safe to repeat: each asks the state of its row first."""

from django_tasks import task

from orders.logistics.actions.solving import run_plan


@task()
def compute_plan(run_id: int) -> None:
    run_plan(run_id)
