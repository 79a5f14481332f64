namespace OrleansIot.Domain.Access;

/// <summary>Where a connection comes from.</summary>
/// <param name="Number">The IPv6 address; an IPv4 address is the one mapped to it, <c>::ffff:a.b.c.d</c>.</param>
/// <param name="Text">As people write it.</param>
public sealed record SourceAddress(UInt128 Number, string Text);
