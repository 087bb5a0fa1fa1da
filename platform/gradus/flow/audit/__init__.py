"""The audit log: every transition and every refusal, what each was decided on, and forgetting that for a person."""
