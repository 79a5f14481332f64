using OrleansIot.Mqtt.Client;

namespace OrleansIot.Gateway.Bridges;

/// <summary>TLS towards an outside broker; any setting of it turns it on.</summary>
public sealed class BridgeTlsOptions : MqttTlsOptions
{
    /// <summary>False turns it off though there are settings; true on without any. Default true.</summary>
    public bool Enabled { get; set; } = true;
}
