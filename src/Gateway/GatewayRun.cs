namespace OrleansIot.Gateway;

/// <summary>
/// Tells this run of the gateway from others, before and beside it, in the ids of its connections. A host that has a name for its
/// process registers its own; else it is random.
/// </summary>
// Two gateways of one cluster share a random one once in four billion, and then only connections of the same number count as one.
public sealed record GatewayRun(int Value)
{
    public static GatewayRun Of(Random random) => new(random.Next(int.MinValue, int.MaxValue));
}
