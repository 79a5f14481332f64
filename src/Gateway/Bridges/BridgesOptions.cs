namespace OrleansIot.Gateway.Bridges;

/// <summary>The outside brokers whose messages come in here.</summary>
public sealed class BridgesOptions
{
    public const string Section = MqttGatewayOptions.Section;

    /// <summary>One entry for each. Default none.</summary>
    public List<BridgeOptions> Bridges { get; set; } = [];
}
