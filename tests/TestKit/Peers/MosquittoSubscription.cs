using System.Text.Json;
using System.Threading.Channels;
using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Time;

namespace OrleansIot.TestKit.Peers;

/// <summary>What a broker hands out, seen by mosquitto's own client rather than by ours.</summary>
public sealed class MosquittoSubscription : IAsyncDisposable
{
    private const string MessageMark = "message: ";

    // A test reads what it sent; the broker's client is not to be slowed down by it.
    private readonly Channel<(string Topic, string Payload)> _messages = Channel.CreateUnbounded<(string, string)>();
    private readonly ChildProcess _client;

    private MosquittoSubscription(int port, string filter) =>
        _client = ChildProcess.Start(Installed.Require("mosquitto_sub"), ["-p", $"{port}", "-t", filter, "-q", "1", "-F", $"{MessageMark}%t %p"], heard: Read);

    public static async Task<MosquittoSubscription> To(Mosquitto broker, string filter)
    {
        var subscribed = broker.Says(filter);
        var subscription = new MosquittoSubscription(broker.Port, filter);
        try
        {
            await subscribed;
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync();
            throw;
        }
    }

    public Task<(string Topic, string Payload)> Next(string what) => _messages.Reader.ReadAsync().AsTask().Within(what);

    public async Task<(string Topic, JsonElement Payload)> NextJson(string what)
    {
        var (topic, payload) = await Next(what);
        return (topic, JsonElement.Parse(payload));
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private void Read(string line)
    {
        if (line.StartsWith(MessageMark, StringComparison.Ordinal) && line[MessageMark.Length..].Split(' ', 2) is [var topic, var payload])
            _messages.Writer.TryWrite((topic, payload));
    }
}
