using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace OrleansIot.Tests.Peers;

/// <summary>What a broker hands out, seen by mosquitto's own client rather than by ours.</summary>
internal sealed class MosquittoSubscription : IAsyncDisposable
{
    private const string MessageMark = "message: ";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    // A test reads what it sent; the broker's client is not to be slowed down by it.
    private readonly Channel<(string Topic, string Payload)> _messages = Channel.CreateUnbounded<(string, string)>();

    private MosquittoSubscription(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Read(line.Data ?? "");
        process.BeginOutputReadLine();
    }

    public static async Task<MosquittoSubscription> To(Mosquitto broker, string filter)
    {
        var start = new ProcessStartInfo(
            Mosquitto.Find("mosquitto_sub")!,
            ["-p", $"{broker.Port}", "-t", filter, "-q", "1", "-F", $"{MessageMark}%t %p"])
        {
            RedirectStandardOutput = true,
        };
        var subscribed = broker.Says(filter);
        var subscription = new MosquittoSubscription(Process.Start(start)!);
        try
        {
            await subscribed.Within(Limit, $"the broker's word of the subscription to {filter}");
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync();
            throw;
        }
    }

    public Task<(string Topic, string Payload)> Next(string what) => _messages.Reader.ReadAsync().AsTask().Within(Limit, what);

    public async Task<(string Topic, JsonElement Payload)> NextJson(string what)
    {
        var (topic, payload) = await Next(what);
        return (topic, JsonElement.Parse(payload));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Read(string line)
    {
        if (line.StartsWith(MessageMark, StringComparison.Ordinal) && line[MessageMark.Length..].Split(' ', 2) is [var topic, var payload])
            _messages.Writer.TryWrite((topic, payload));
    }
}
