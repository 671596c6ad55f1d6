"""Who is simulated: published figures, parameters, synthetic customers, their cases, and the officers.

- `figures.yaml` holds the published figures with their sources, read by `figures`;
- `parameters.yaml` holds every number that a planner can change, read by `parameters`;
- `customers`, `cases` and `officers` are pure functions of the seed, an id and the parameters.
"""
