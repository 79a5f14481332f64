namespace OrleansIot.Silo.Peers;

/// <summary>What one gateway sends another. Immutable, so that a call within one process does not copy it.</summary>
/// <param name="From">The sender.</param>
/// <param name="Bytes">As the gateway wrote them; their format is the gateway's affair, and versioned there.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.silo-peer-batch")]
internal readonly record struct SiloPeerBatch([property: Id(0)] SiloAddress From, [property: Id(1)] byte[] Bytes);
