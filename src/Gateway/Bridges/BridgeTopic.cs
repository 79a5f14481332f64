namespace OrleansIot.Gateway.Bridges;

/// <summary>What the messages of an outside topic are called here.</summary>
public sealed class BridgeTopic
{
    /// <summary>A topic filter over the outside topics, such as <c>fleet/+/telemetry</c>. Default none: has to be set.</summary>
    public string From { get; set; } = "";

    /// <summary>
    /// The topic here; <c>{1}</c>, <c>{2}</c> … stand for what the first, second … <c>+</c> matched, and <c>{#}</c> for what <c>#</c> did:
    /// <c>dt/devices/{1}/telemetry</c>. Default none: has to be set.
    /// </summary>
    public string To { get; set; } = "";
}
