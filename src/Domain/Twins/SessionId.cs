namespace OrleansIot.Domain.Twins;

/// <summary>
/// One connection of a device, unlike any other that may be open anywhere: which run of which gateway (the upper half), and which
/// of its connections (the lower). It means nothing once that gateway is gone: see <see cref="Twin.Recovered"/>.
/// </summary>
public readonly record struct SessionId(long Value)
{
    /// <summary>The gateway's run, by which all connections of one that died are known.</summary>
    public int Run => (int)(Value >> 32);

    public static SessionId Of(int run, int connection) => new(((long)run << 32) | (uint)connection);
}
