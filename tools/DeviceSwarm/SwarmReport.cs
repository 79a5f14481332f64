using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OrleansIot.DeviceSwarm;

/// <summary>Tells a result to people or to programs.</summary>
internal static class SwarmReport
{
    public static string Text(SwarmResult result)
    {
        var text = new StringBuilder();
        Line("run", result.RunId);
        Line("sent", $"{result.Sent:N0}{(result.Resent > 0 ? $" (and {result.Resent:N0} again)" : "")}");
        Line("acknowledged", $"{result.Acknowledged:N0}");
        foreach (var (reason, count) in result.Refused)
            Line("refused", $"{count:N0} {reason} (0x{(int)reason:X2})");

        if (result.Unacknowledged > 0)
            Line("unacknowledged", $"{result.Unacknowledged:N0}");

        if (result.Unsent > 0)
            Line("unsent", $"{result.Unsent:N0}");

        Line("duration", $"{result.Duration.TotalSeconds:0.000} s after {result.ConnectDuration.TotalSeconds:0.000} s of connecting");
        Line("throughput", $"{result.MessagesPerSecond:N0} messages/s");
        if (result.Latency is { } latency)
        {
            Line("to PUBACK", $"p50 {latency.P50.TotalMilliseconds:0.00}, p90 {latency.P90.TotalMilliseconds:0.00}, "
                + $"p99 {latency.P99.TotalMilliseconds:0.00}, max {latency.Max.TotalMilliseconds:0.00} ms");
        }

        Line("own CPU", $"{result.CpuPerMessage.TotalMicroseconds:0.00} µs/message");
        if (result.ConnectionErrors > 0)
            Line("errors", $"{result.ConnectionErrors:N0}, {result.ConnectionsLost:N0} connections lost; first: {result.FirstError}");

        return text.ToString();

        void Line(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-15}{value}\n");
    }

    public static string Text(ListenResult result)
    {
        var latency = result.Latency is { } l ? $", p50 {l.P50.TotalMilliseconds:0.00}, p99 {l.P99.TotalMilliseconds:0.00} ms" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"received {result.Received:N0} in {result.Duration.TotalSeconds:0.000} s{latency}, own CPU {result.CpuPerMessage.TotalMicroseconds:0.00} µs/message, {result.ConnectionsLost:N0} connections lost {result.FirstError}\n");
    }

    public static string Json(ListenResult result)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("received", result.Received);
            json.WriteNumber("seconds", Math.Round(result.Duration.TotalSeconds, 4));
            WriteLatency(json, result.Latency);
            json.WriteNumber("cpuMicrosecondsPerMessage", Math.Round(result.CpuPerMessage.TotalMicroseconds, 3));
            json.WriteNumber("connectionsLost", result.ConnectionsLost);
            json.WriteString("firstError", result.FirstError);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    public static string Json(SwarmResult result)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("runId", result.RunId);
            json.WriteNumber("sent", result.Sent);
            json.WriteNumber("resent", result.Resent);
            json.WriteNumber("acknowledged", result.Acknowledged);
            json.WriteStartObject("refused");
            foreach (var (reason, count) in result.Refused)
                json.WriteNumber($"0x{(int)reason:X2}", count);

            json.WriteEndObject();
            json.WriteNumber("unacknowledged", result.Unacknowledged);
            json.WriteNumber("unsent", result.Unsent);
            json.WriteNumber("connectSeconds", Math.Round(result.ConnectDuration.TotalSeconds, 4));
            json.WriteNumber("seconds", Math.Round(result.Duration.TotalSeconds, 4));
            json.WriteNumber("messagesPerSecond", Math.Round(result.MessagesPerSecond, 1));
            WriteLatency(json, result.Latency);
            json.WriteNumber("cpuMicrosecondsPerMessage", Math.Round(result.CpuPerMessage.TotalMicroseconds, 3));
            json.WriteNumber("connectionErrors", result.ConnectionErrors);
            json.WriteNumber("connectionsLost", result.ConnectionsLost);
            json.WriteString("firstError", result.FirstError);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void WriteLatency(Utf8JsonWriter json, SwarmLatency? measured)
    {
        if (measured is not { } latency)
            return;

        json.WriteStartObject("latencyMilliseconds");
        json.WriteNumber("p50", latency.P50.TotalMilliseconds);
        json.WriteNumber("p90", latency.P90.TotalMilliseconds);
        json.WriteNumber("p99", latency.P99.TotalMilliseconds);
        json.WriteNumber("max", latency.Max.TotalMilliseconds);
        json.WriteEndObject();
    }
}
