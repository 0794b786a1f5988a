"""Adapters: other clients under the API of smtplib. They are imported in the candidate's process, never in ours."""
