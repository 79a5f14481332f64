using System.Globalization;

namespace OrleansIot.DeviceSwarm;

/// <summary>Where an MQTT broker listens.</summary>
public sealed record BrokerAddress(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>; an IPv6 address stands in brackets.</summary>
    public static bool TryParse(string text, out BrokerAddress? address)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon].Trim('[', ']');
        address = host.Length > 0 && int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new BrokerAddress(host, port)
            : null;
        return address is not null;
    }

    public override string ToString() => $"{Host}:{Port}";
}
