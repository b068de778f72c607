"""What is taught: the thread's `claims`, `questions`, and the `mistakes` behind answers.

Public: `claims`, `questions`, `mistakes`.
"""
