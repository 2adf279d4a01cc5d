"""The broker: the Valkey client, and the stream that carries jobs from the API and the scheduler to the workers."""
