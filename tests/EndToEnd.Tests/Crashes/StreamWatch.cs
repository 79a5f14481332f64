using System.Net.Sockets;
using System.Text.Json;
using OrleansIot.TestKit.Time;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>A reader of the live stream, until its server is gone.</summary>
internal sealed class StreamWatch : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly TaskCompletionSource _watching = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(string Kind, JsonElement Data)> _events = [];
    private Task _reading = Task.CompletedTask;
    private volatile int _readings;

    /// <summary>In their order; to be asked when the server is gone.</summary>
    public IReadOnlyList<(string Kind, JsonElement Data)> Events => _events;

    /// <summary>How many readings were told so far.</summary>
    public int Readings => _readings;

    public static async Task<StreamWatch> Start(Uri server)
    {
        var watch = new StreamWatch();
        watch._reading = watch.Read(new Uri(server, "/api/v1/stream"));
        await watch._watching.Task.Within("the stream");
        return watch;
    }

    public Task Ended() => _reading.Within("the stream's end");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _reading;
    }

    private async Task Read(Uri stream)
    {
        try
        {
            using var response = await _http.GetAsync(stream, HttpCompletionOption.ResponseHeadersRead);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
            var kind = "";
            string? data = null;
            while (await lines.ReadLineAsync() is { } line)
            {
                if (line.StartsWith(": watching", StringComparison.Ordinal))
                    _watching.TrySetResult();
                else if (line.StartsWith("event: ", StringComparison.Ordinal))
                    kind = line["event: ".Length..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    data = line["data: ".Length..];

                // An event counts when its empty line has come: what the kill cut off says nothing.
                if (line.Length == 0 && data is not null)
                {
                    _events.Add((kind, JsonDocument.Parse(data).RootElement));
                    data = null;
                    if (kind == "reading")
                        _readings++;
                }
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            _watching.TrySetException(e);
        }
    }
}
