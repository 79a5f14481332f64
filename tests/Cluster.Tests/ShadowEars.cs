using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using OrleansIot.Scenarios.Clients;
using OrleansIot.Scenarios.Editions;
using OrleansIot.TestKit;

namespace OrleansIot.Cluster.Tests;

/// <summary>Whoever listens to one device's classic shadow, one on each silo, and what all of them should have heard by now: each once, in order.</summary>
internal sealed class ShadowEars : IAsyncDisposable
{
    private readonly List<(TestClient Client, ConcurrentQueue<string> Heard)> _ears = [];
    private readonly List<string> _expected = [];

    /// <summary>The last version that an update should have been answered with.</summary>
    public int Version => _expected.Where(answer => answer.StartsWith("update/accepted", StringComparison.Ordinal)).Select(NumberOf).LastOrDefault();

    public static async Task<ShadowEars> Listen(IEnumerable<EntryPoint> entries, string device)
    {
        var all = new ShadowEars();
        foreach (var entry in entries)
        {
            var heard = new ConcurrentQueue<string>();
            var client = await TestClient.Connect(entry.MqttPort);
            all._ears.Add((client, heard));

            // What is answered is one level longer than what is asked.
            await client.Subscribe($"$aws/things/{device}/shadow/+/+", (topic, payload) => heard.Enqueue(Told(topic, payload)));
        }

        return all;
    }

    /// <param name="answers">Such as <c>update/accepted 3</c>: with the version, or the code where it is a refusal.</param>
    public void Expect(params string[] answers) => _expected.AddRange(answers);

    public Task AllHear(params string[] answers)
    {
        Expect(answers);
        return AllHeard();
    }

    public async Task AllHeard()
    {
        foreach (var (number, (_, heard)) in _ears.Index())
        {
            // More than expected is also an end of waiting; the comparison then says what.
            await Eventually.IsTrue($"silo {number} tells {string.Join(", ", _expected)}; heard was {string.Join(", ", heard)}", () => Task.FromResult(heard.Count >= _expected.Count));
            Assert.Equal(_expected, heard);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (client, _) in _ears)
            await client.DisposeAsync();
    }

    private static int NumberOf(string answer) => int.Parse(answer.Split(' ')[1], CultureInfo.InvariantCulture);

    private static string Told(string topic, string payload)
    {
        var json = JsonDocument.Parse(payload).RootElement;
        var number = json.TryGetProperty("current", out var current) ? current.GetProperty("version")
            : json.TryGetProperty("code", out var code) ? code
            : json.GetProperty("version");
        return $"{string.Join('/', topic.Split('/')[^2..])} {number}";
    }
}
