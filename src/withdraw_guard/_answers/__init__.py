"""The question: may this account withdraw, and what explains the answer?"""
