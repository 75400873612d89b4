"""The planner: which truck carries which load, in which order. Pure Python, no Django inside.

Units everywhere: grams, metres, seconds from the day's midnight, yuan.

- ``model``     what a day is (Problem) and what an answer is (Plan), with their JSON shapes
- ``checker``   the judge: what is wrong with a plan, and a route's true times, loads and costs
- ``prepare``, ``flat``  the problem in the words of engines and of the working copy
- ``insertion`` the working copy of a plan into which loads are put and from which they are taken
- ``repair``    an engine's proposal made valid and topped up
- ``tolls``     fuller trucks and trucks that fit, where tolls make that pay
- ``greedy``    a plan without any library
- ``engines``   VROOM, PyVRP and their combination; imported only in the worker process
- ``reasons``   why a load was left behind
- ``worker``    one planning run inside the worker process (``python -m orders.logistics.planner``)
- ``run``       what the product calls: the worker with a hard kill, its answer checked, greedy behind it
- ``rest``      what is left of a plan at a moment of its day
- ``matrix``, ``split``  travel matrices from points; loads that no truck can carry cut into parts
"""
