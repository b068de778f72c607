"""What is taught: the thread's `claims`, and `questions` with the mistakes behind answers.

Public: `claims`, `questions`.
"""
