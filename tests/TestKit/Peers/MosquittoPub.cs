using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Time;

namespace OrleansIot.TestKit.Peers;

/// <summary>The command-line client that every MQTT user knows.</summary>
public static class MosquittoPub
{
    private static readonly TimeSpan Limit = TimeLimit.Usual;

    /// <summary>QoS 1: completes with the PUBACK.</summary>
    public static Task Publish(int port, string topic, string payload, params string[] more) =>
        Run(port, ["-q", "1", "-t", topic, "-m", payload, .. more]);

    public static async Task Run(int port, params string[] arguments)
    {
        await using var client = await ChildProcess.Run(Installed.Require("mosquitto_pub"), ["-h", "127.0.0.1", "-p", $"{port}", .. arguments], Limit);
        Assert.True(client.ExitCode == 0, $"mosquitto_pub failed: {client.Output}");
    }
}
