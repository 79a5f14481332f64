using System.Text.Json.Nodes;
using OrleansIot.Api.Tests.Host;
using OrleansIot.TestKit.Time;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Tests;

public sealed class StreamTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.Started();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task What_happens_is_told_as_it_happens()
    {
        await _host.PutRule("hot");
        await using var stream = await Listener.To(_host, "/api/v1/stream");

        await _host.Report("d", ("t", 99));
        await _host.Describe("d", new DeviceDescription("Pump", null, null, ["x"]));

        var status = await stream.Next("status");
        Assert.Equal(("1", "d", "online"), (status.Id, (string?)status.Data["deviceId"], (string?)status.Data["status"]));
        var reading = await stream.Next("reading");
        Assert.Equal("2", reading.Id);
        Assert.Equal(
            """{"deviceId":"d","version":3,"at":"2026-01-01T00:00:00.000Z","receivedAt":"2026-01-01T00:00:00.000Z","metrics":{"t":99}}""",
            reading.Data.ToJsonString());
        Assert.Equal("hot", (string?)(await stream.Next("alert")).Data["ruleId"]);
        Assert.Equal("Pump", (string?)(await stream.Next("device")).Data["name"]);
    }

    [Fact]
    public async Task Many_devices_that_go_offline_together_are_told_as_one_outage()
    {
        for (var i = 0; i < 12; i++)
            await _host.Report($"d{i}", ("t", 1));
        _host.Time.Advance(TimeSpan.FromMinutes(2));
        await using var stream = await Listener.To(_host, "/api/v1/stream");

        for (var i = 0; i < 12; i++)
        {
            await _host.Execute($"d{i}", new TwinCommand.Review(_host.Now));
            Assert.Equal("offline", (string?)(await stream.Next("status")).Data["status"]);
        }

        _host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(
            """{"text":"12 devices went offline within 1 s (no reading for 60 s)","since":"2026-01-01T00:02:00.000Z","until":"2026-01-01T00:02:00.000Z","count":12,"back":0,"online":12,"reason":"no reading for 60 s","deviceIds":["d0","d1","d2","d3","d4","d5","d6","d7","d8","d9"],"backAt":null}""",
            (await stream.Next("outage")).Data.ToJsonString());
    }

    [Fact]
    public async Task A_stream_of_one_device_tells_of_no_other()
    {
        await using var stream = await Listener.To(_host, "/api/v1/stream?device=d2");

        await _host.Report("d1", ("t", 1));
        await _host.Report("d2", ("t", 2));

        Assert.Equal("d2", (string?)(await stream.Next("status")).Data["deviceId"]);
        Assert.Equal("d2", (string?)(await stream.Next("reading")).Data["deviceId"]);
    }

    [Fact]
    public async Task While_nothing_happens_a_comment_keeps_the_connection_open()
    {
        await using var stream = await Listener.To(_host, "/api/v1/stream");

        _host.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(": still here", await stream.NextLine("the first heartbeat"));
    }

    [Fact]
    public async Task A_device_that_cannot_be_is_refused() =>
        Assert.Equal("query.invalid", (string?)(await _host.Get("/api/v1/stream?device=a%20b", 400))["code"]);

    [Fact]
    public async Task A_host_that_stops_ends_its_streams()
    {
        var host = await ApiHost.Started();
        await using var stream = await Listener.To(host, "/api/v1/stream");

        await host.DisposeAsync().AsTask().Within("the end of the host");

        Assert.Null(await stream.NextLine("the end of the stream"));
    }

    private sealed record Event(string Id, string Name, JsonNode Data);

    /// <summary>One reader of the stream; every wait has a limit that says what did not come.</summary>
    private sealed class Listener(HttpResponseMessage response, StreamReader lines) : IAsyncDisposable
    {
        public static async Task<Listener> To(ApiHost host, string path)
        {
            var response = await host.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
            var listener = new Listener(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
            Assert.Equal(": watching", await listener.NextLine("the first line"));
            return listener;
        }

        public async Task<string?> NextLine(string what)
        {
            string? line;
            do
            {
                line = await lines.ReadLineAsync().Within(what);
            }
            while (line == "");

            return line;
        }

        public async Task<Event> Next(string name)
        {
            var id = await NextLine($"the id of '{name}'");
            var kind = await NextLine($"the name of '{name}'");
            var data = await NextLine($"the data of '{name}'");
            Assert.Equal($"event: {name}", kind);
            return new Event(id!["id: ".Length..], name, JsonNode.Parse(data!["data: ".Length..])!);
        }

        public ValueTask DisposeAsync()
        {
            lines.Dispose();
            response.Dispose();
            return default;
        }
    }
}
