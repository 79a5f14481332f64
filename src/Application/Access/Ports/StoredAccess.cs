namespace OrleansIot.Application.Access.Ports;

/// <param name="Version">Another text has another version.</param>
public sealed record StoredAccess(ReadOnlyMemory<byte> Utf8Json, string Version);
