namespace OrleansIot.Mqtt.Codec;

/// <summary>One filter of a SUBSCRIBE with its options, a view over the packet.</summary>
public readonly ref struct SubscriptionRequest
{
    internal SubscriptionRequest(ReadOnlySpan<byte> filter, SubscriptionOptions options)
    {
        Filter = filter;
        Options = options;
    }

    /// <summary>The filter, well-formed UTF-8; whether it is a valid filter is for <c>TopicFilter.TryParse</c> to say.</summary>
    public ReadOnlySpan<byte> Filter { get; }

    public SubscriptionOptions Options { get; }
}
