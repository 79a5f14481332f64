namespace OrleansIot.GatewayAlone;

/// <summary>One load. Everything is published with 200 bytes to topics that only subscribers want.</summary>
/// <param name="Publishers">Connections that publish for 1,000 devices.</param>
/// <param name="QoS">Of publishers and subscribers.</param>
/// <param name="Subscribers">Each is subscribed to everything.</param>
/// <param name="Messages">Published in a round, flat out.</param>
/// <param name="WarmUp">Published before, in two runs; a tenth of it where nothing is compiled.</param>
/// <param name="ReadRate">What a slow subscriber reads a second; 0 for as fast as it can.</param>
internal sealed record BrokerCase(string Name, int Publishers, int QoS, int Subscribers, int Messages, int WarmUp, double ReadRate = 0)
{
    // The compiler's tiers take the hot path up by time as well as by count: after 400,000 messages in a second a fifth of a round
    // was still compiling.
    private const int WarmUpFanIn = 2_000_000;

    public static IReadOnlyList<BrokerCase> All { get; } =
    [
        new("fan-in QoS 0, no subscriber", Publishers: 50, QoS: 0, Subscribers: 0, Messages: 3_000_000, WarmUpFanIn),
        new("fan-in QoS 1, no subscriber", Publishers: 50, QoS: 1, Subscribers: 0, Messages: 1_500_000, WarmUpFanIn),
        new("fan-in QoS 0, one # subscriber", Publishers: 50, QoS: 0, Subscribers: 1, Messages: 500_000, WarmUpFanIn),
        new("fan-in QoS 1, one # subscriber", Publishers: 50, QoS: 1, Subscribers: 1, Messages: 500_000, WarmUpFanIn),
        new("fan-in QoS 0, one slow # subscriber", Publishers: 50, QoS: 0, Subscribers: 1, Messages: 200_000, WarmUpFanIn, ReadRate: 25_000),
        new("fan-in QoS 1, one slow # subscriber", Publishers: 50, QoS: 1, Subscribers: 1, Messages: 200_000, WarmUpFanIn, ReadRate: 25_000),
        new("fan-out QoS 0, 1 to 1,000", Publishers: 1, QoS: 0, Subscribers: 1_000, Messages: 2_000, WarmUp: 2_000),
        new("fan-out QoS 1, 1 to 1,000", Publishers: 1, QoS: 1, Subscribers: 1_000, Messages: 1_000, WarmUp: 2_000),
    ];

    /// <summary>What of a round's load is counted: each message in a fan-in, each delivery in a fan-out.</summary>
    public int CountedPerMessage => Math.Max(1, Subscribers);

    public BrokerCase Quick() => this with { Messages = Messages / 4, WarmUp = WarmUp / 2 };
}
