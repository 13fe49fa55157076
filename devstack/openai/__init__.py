"""A local stand-in for OpenAI and Azure OpenAI chat completions with structured outputs."""
