using System.Text.RegularExpressions;
using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Time;

namespace OrleansIot.TestKit.Peers;

/// <summary>The command-line client that every MQTT user knows.</summary>
public static class MosquittoSub
{
    private const string ReadyTopic = "ready";

    private static readonly TimeSpan Limit = TimeLimit.Usual;
    private static readonly Regex Ready = new($"^{ReadyTopic} ");

    /// <summary>Completes when its subscriptions stand; it prints topic and payload of what it receives, or what -F says after the topic.</summary>
    /// <param name="publishing">What a publisher needs to be let in, where that is more than the port.</param>
    public static async Task<ChildProcess> Start(int port, IEnumerable<string> arguments, params string[] publishing)
    {
        // It says nothing when its subscription stands, but it prints a retained message that it is due by then.
        await MosquittoPub.Run(port, [.. publishing, "-r", "-t", ReadyTopic, "-m", "yes"]);
        var subscriber = ChildProcess.Start(Installed.Require("mosquitto_sub"), ["-h", "127.0.0.1", "-p", $"{port}", "-v", .. arguments, "-t", ReadyTopic]);
        await subscriber.Line(Ready, Limit);
        return subscriber;
    }

    /// <summary>Runs it to its end, which the arguments must bring about (<c>-C</c>, <c>-E</c>); answers what it printed.</summary>
    public static async Task<string> Run(int port, params string[] arguments)
    {
        await using var client = await ChildProcess.Run(Installed.Require("mosquitto_sub"), ["-h", "127.0.0.1", "-p", $"{port}", .. arguments], Limit);
        Assert.True(client.ExitCode == 0, $"mosquitto_sub failed ({client.ExitCode}): {client.Output}");
        return client.Output;
    }
}
