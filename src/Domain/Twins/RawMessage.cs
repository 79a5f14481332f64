namespace OrleansIot.Domain.Twins;

/// <summary>A message as it came, before it was understood.</summary>
public sealed record RawMessage(string Topic, ReadOnlyMemory<byte> Payload);
