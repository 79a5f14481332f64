using System.Globalization;
using System.Text;
using OrleansIot.Mqtt.Client;

namespace OrleansIot.DeviceAgent;

/// <summary>Reads <c>--Name value</c> and <c>--Name=value</c> into <see cref="HardwareAgentOptions"/>.</summary>
internal static class AgentCommandLine
{
    private static readonly Option[] Known =
    [
        new("Broker:Host", "name or address of the MQTT broker", "127.0.0.1", Text((o, v) => o.Broker.Host = v)),
        new("Broker:Port", "its TCP port", "1883", Number((o, v) => o.Broker.Port = v)),
        new("Broker:Tls:Enabled", "TLS; the settings below turn it on too", "true", Flag((o, v) => o.Broker.Tls = v ? o.Broker.Tls ?? new() : null)),
        new("Broker:Tls:CaPath", "PEM file of the authorities to trust; without it, the system's", "ca.pem", Tls((o, v) => o.CaPath = v)),
        new("Broker:Tls:CertificatePath", "PEM file of this device's certificate", "device.pem", Tls((o, v) => o.CertificatePath = v)),
        new("Broker:Tls:KeyPath", "PEM file of its private key", "device.key", Tls((o, v) => o.KeyPath = v)),
        new("Broker:Tls:ServerName", "name in the broker's certificate, if not Broker:Host", "iot.example", Tls((o, v) => o.ServerName = v)),
        new("Broker:Tls:Alpn", "protocol to offer: x-amzn-mqtt-ca for AWS IoT Core on port 443", "mqtt", Tls((o, v) => o.ApplicationProtocols = [v])),
        new("Broker:UserName", "user name to connect with", "agent", Text((o, v) => o.Broker.UserName = v)),
        new("Broker:Password", "password to connect with; better in the environment as Broker__Password", "secret", Text((o, v) => o.Broker.Password = v)),
        new("Device:Id", "device and client id; without it, the host's name", "pump-room-1", Text((o, v) => o.DeviceId = v)),
        new("Interval", "time between readings", "00:00:10", Time((o, v) => o.Interval = v)),
        new("BufferedMessages", "messages kept while offline", "1000", Number((o, v) => o.BufferedMessages = v)),
        new("LongestReconnectPause", "longest pause between tries", "00:00:30", Time((o, v) => o.LongestReconnectPause = v)),
        new("HostRoot", "where the machine's / is mounted", "/", Text((o, v) => o.HostRoot = v)),
    ];

    public static string Usage
    {
        get
        {
            var text = new StringBuilder("Publishes this machine's metrics over MQTT to devices/{id}/monitoring.\n\n");
            foreach (var option in Known)
                text.Append(CultureInfo.InvariantCulture, $"  --{option.Name,-26} {option.Example,-12} {option.Meaning}\n");

            return text.ToString();
        }
    }

    /// <summary>The options, and one sentence for each thing that is wrong with the arguments or the values.</summary>
    public static (HardwareAgentOptions Options, IReadOnlyList<string> Problems) Parse(IReadOnlyList<string> arguments)
    {
        var options = new HardwareAgentOptions();
        var problems = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, value) = arguments[i].Split('=', 2) is [var left, var right] ? (left, right) : (arguments[i], null);
            var option = Array.Find(Known, o => name.Equals($"--{o.Name}", StringComparison.OrdinalIgnoreCase));
            if (option is null)
            {
                problems.Add($"'{arguments[i]}' is no option of the agent. Known: {string.Join(", ", Known.Select(o => $"--{o.Name}"))}.");
                continue;
            }

            value ??= i + 1 < arguments.Count ? arguments[++i] : null;
            if (value is null)
                problems.Add($"{option.Name} has no value. Give one, e.g. --{option.Name} {option.Example}.");
            else if (!option.Apply(options, value))
                problems.Add($"{option.Name} is '{value}', which cannot be read. Give it like this: --{option.Name} {option.Example}.");
        }

        problems.AddRange(options.Problems());
        return (options, problems);
    }

    private static Func<HardwareAgentOptions, string, bool> Text(Action<HardwareAgentOptions, string> set) => (options, value) =>
    {
        set(options, value);
        return true;
    };

    private static Func<HardwareAgentOptions, string, bool> Tls(Action<MqttTlsOptions, string> set) =>
        Text((options, value) => set(options.Broker.Tls ??= new(), value));

    private static Func<HardwareAgentOptions, string, bool> Flag(Action<HardwareAgentOptions, bool> set) => (options, value) =>
    {
        var readable = bool.TryParse(value, out var flag);
        if (readable)
            set(options, flag);

        return readable;
    };

    private static Func<HardwareAgentOptions, string, bool> Number(Action<HardwareAgentOptions, int> set) => (options, value) =>
    {
        var readable = int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        if (readable)
            set(options, number);

        return readable;
    };

    private static Func<HardwareAgentOptions, string, bool> Time(Action<HardwareAgentOptions, TimeSpan> set) => (options, value) =>
    {
        // A bare number would be read as days, which nobody means.
        var readable = TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var time) && value.Contains(':');
        if (readable)
            set(options, time);

        return readable;
    };

    private sealed record Option(string Name, string Meaning, string Example, Func<HardwareAgentOptions, string, bool> Apply);
}
