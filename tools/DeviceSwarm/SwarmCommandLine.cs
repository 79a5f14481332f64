using System.Globalization;
using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.DeviceSwarm;

/// <summary>Reads <c>--name value</c> and <c>--name=value</c> into <see cref="SwarmOptions"/>.</summary>
internal sealed class SwarmCommandLine
{
    private static readonly Option[] Known =
    [
        Text("host", "broker's name or address", "127.0.0.1", (o, v) => o.Host = v),
        Integer("port", "its TCP port", "1883", (o, v) => o.Port = v),
        new("broker", "one entry of a cluster; given once for each", "127.0.0.1:1883", TryAddBroker),
        Flag("allow-remote", "let --host and --broker be other machines", o => o.AllowRemote = true),
        Integer("devices", "simulated devices", "1000", (o, v) => o.Devices = v),
        Integer("connections", "TCP connections that carry them", "50", (o, v) => o.Connections = v),
        Number("rate", "messages per second over all; 0 is flat out", "0", (o, v) => o.Rate = v),
        Integer("messages", "messages over all; left out with --duration: no limit", "100000", (o, v) => o.Messages = v),
        Time("duration", "time to send for", "00:00:30", (o, v) => o.Duration = v),
        Choice("qos", "0 or 1", "1", new() { ["0"] = o => o.QoS = MqttQoS.AtMostOnce, ["1"] = o => o.QoS = MqttQoS.AtLeastOnce }),
        Choice("protocol", "3.1.1 or 5", "3.1.1", new()
        {
            ["3.1.1"] = o => o.Protocol = MqttVersion.V311,
            ["5"] = o => o.Protocol = MqttVersion.V5,
        }),
        Integer("payload-bytes", "length of a payload", "200", (o, v) => o.PayloadBytes = v),
        Text("topic", "topic of a device", "dt/devices/{id}/telemetry", (o, v) => o.Topic = v),
        Text("device-prefix", "what device ids begin with", "swarm-", (o, v) => o.DevicePrefix = v),
        Integer("seed", "decides the metrics' values", "1", (o, v) => o.Seed = v),
        Flag("message-ids", "add messageId", o => o.MessageIds = true),
        Text("run-id", "what message ids begin with; new per run", "a1b2c3d4", (o, v) => o.RunId = v),
        Flag("due-times", "add dueAt, for --listen to tell latencies", o => o.DueTimes = true),
        Text("listen", "receive from this filter instead of publishing", "#", (o, v) => o.Listen = v),
        Integer("window", "messages under way per connection (QoS 1)", "64", (o, v) => o.Window = v),
        Integer("reconnect", "tries of a broken connection, 0.1 s apart", "0", (o, v) => o.ReconnectTries = v),
        Time("stall-limit", "a connection without progress so long is broken", "00:00:30", (o, v) => o.StallLimit = v),
        Time("settle", "latencies of the first so long do not count", "00:00:02", (o, v) => o.Settle = v),
        Text("ack-log", "file for a line per acknowledged message", "acks.txt", (o, v) => o.AckLog = v),
        Flag("json", "print the summary as a line of JSON", null),
    ];

    private SwarmCommandLine()
    {
    }

    public static string Usage
    {
        get
        {
            var text = new StringBuilder("Publishes the telemetry of many simulated devices to an MQTT broker.\n\n");
            foreach (var option in Known)
                text.Append(CultureInfo.InvariantCulture, $"  --{option.Name,-14} {option.Example,-26} {option.Meaning}\n");

            return text.Append("\nExit code: 0 all sent and acknowledged, 1 not all, 2 wrong arguments, 3 no connection.\n").ToString();
        }
    }

    public SwarmOptions Options { get; } = new();

    public bool Json { get; private set; }

    /// <summary>One sentence for each thing that is wrong with the arguments or the values.</summary>
    public List<string> Problems { get; } = [];

    public static SwarmCommandLine Parse(IReadOnlyList<string> arguments)
    {
        var line = new SwarmCommandLine();
        var given = new HashSet<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, value) = arguments[i].Split('=', 2) is [var left, var right] ? (left, right) : (arguments[i], null);
            if (Array.Find(Known, option => name == $"--{option.Name}") is not { } option)
            {
                line.Problems.Add($"'{arguments[i]}' is no option of the swarm; --help lists them.");
                continue;
            }

            given.Add(option.Name);
            if (!option.IsFlag)
                value ??= i + 1 < arguments.Count ? arguments[++i] : null;

            if (value is null && !option.IsFlag)
                line.Problems.Add($"--{option.Name} has no value. Give one, e.g. --{option.Name} {option.Example}.");
            else if (!option.Apply(line.Options, value ?? ""))
                line.Problems.Add($"--{option.Name} is '{value}', which cannot be read. Give it like this: --{option.Name} {option.Example}.");
        }

        line.Json = given.Contains("json");
        if (given.Contains("duration") && !given.Contains("messages"))
            line.Options.Messages = null;

        line.Problems.AddRange(line.Options.Problems());
        return line;
    }

    private static bool TryAddBroker(SwarmOptions options, string value)
    {
        var readable = BrokerAddress.TryParse(value, out var broker);
        if (readable)
            options.Brokers = [.. options.Brokers, broker!];

        return readable;
    }

    private static Option Text(string name, string meaning, string example, Action<SwarmOptions, string> set) =>
        new(name, meaning, example, (options, value) =>
        {
            set(options, value);
            return true;
        });

    private static Option Integer(string name, string meaning, string example, Action<SwarmOptions, int> set) =>
        new(name, meaning, example, (options, value) =>
        {
            var readable = int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
            if (readable)
                set(options, number);

            return readable;
        });

    private static Option Number(string name, string meaning, string example, Action<SwarmOptions, double> set) =>
        new(name, meaning, example, (options, value) =>
        {
            var readable = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
            if (readable)
                set(options, number);

            return readable;
        });

    private static Option Time(string name, string meaning, string example, Action<SwarmOptions, TimeSpan> set) =>
        new(name, meaning, example, (options, value) =>
        {
            // A bare number would be read as days, which nobody means.
            var readable = TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var time) && value.Contains(':');
            if (readable)
                set(options, time);

            return readable;
        });

    private static Option Choice(string name, string meaning, string example, Dictionary<string, Action<SwarmOptions>> choices) =>
        new(name, meaning, example, (options, value) =>
        {
            var readable = choices.TryGetValue(value, out var set);
            set?.Invoke(options);
            return readable;
        });

    private static Option Flag(string name, string meaning, Action<SwarmOptions>? set) =>
        new(name, meaning, "", (options, value) =>
        {
            set?.Invoke(options);
            return value.Length == 0;
        }, IsFlag: true);

    private sealed record Option(
        string Name, string Meaning, string Example, Func<SwarmOptions, string, bool> Apply, bool IsFlag = false);
}
