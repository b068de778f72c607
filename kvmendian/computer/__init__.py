"""The learner's computer: `environment` in a lesson, `doctor` behind `make check`. Stands alone.

Public: `environment`.
"""
