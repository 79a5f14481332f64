using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.EndToEnd.Tests.Hosts;

/// <summary>The command-line client that every MQTT user knows.</summary>
public static class MosquittoPub
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task Publish(int port, string topic, string payload, params string[] more)
    {
        var child = await ChildProcess.Run(
            Installed.Require("mosquitto_pub"),
            ["-h", "127.0.0.1", "-p", $"{port}", "-q", "1", "-t", topic, "-m", payload, .. more],
            Limit);
        Assert.True(child.ExitCode == 0, $"mosquitto_pub failed: {child.Output}");
        await child.DisposeAsync();
    }
}
