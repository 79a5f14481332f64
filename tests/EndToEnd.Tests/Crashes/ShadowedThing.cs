using System.Globalization;
using System.Text.Json;
using OrleansIot.Mqtt.Client;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Time;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>
/// A thing whose classic shadow is updated over MQTT under load. An update counts from its accepted answer on; what had none is there
/// or not. Each accepted update is one version, so that the version tells how many of them there are.
/// </summary>
internal sealed class ShadowedThing(string id, Random random)
{
    private const int Keys = 6;
    private static readonly TimeSpan Limit = TimeLimit.Usual;

    private readonly List<Dictionary<string, Dictionary<string, int?>>> _sent = [];
    private volatile int _accepted;
    private string? _fault;

    public string Id => id;

    /// <summary>How many updates are stored; to be asked after <see cref="Check"/>.</summary>
    public int Version { get; private set; }

    /// <summary>Updates the shadow so many times, until one is refused or the server is gone.</summary>
    /// <param name="window">Updates that wait for their answer.</param>
    public async Task Load(int port, int updates, int window)
    {
        var room = new SemaphoreSlim(window);
        var over = new CancellationTokenSource(); // the client may tell of its end after this method's
        try
        {
            await using var client = await Connect(port, "update/+", over.Cancel, (topic, answer) =>
            {
                if (topic.EndsWith("/accepted", StringComparison.Ordinal))
                {
                    var version = answer.GetProperty("version").GetInt32();
                    if (++_accepted != version)
                        _fault ??= $"Accepted answer {_accepted} of {id} told version {version}.";
                    room.Release();
                }
                else if (topic.EndsWith("/rejected", StringComparison.Ordinal))
                {
                    over.Cancel();
                }
            });
            for (var i = 0; i < updates; i++)
            {
                await room.WaitAsync(over.Token);
                _ = Publish(client, Next());
            }

            for (var i = 0; i < window; i++)
                await room.WaitAsync(over.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or MqttConnectException or MqttConnectionLostException or IOException)
        {
            // What had no answer is there or not.
        }
    }

    /// <summary>The shadow is what the first so many updates make of it; all that were accepted are among them.</summary>
    public async Task Check(int port)
    {
        var answered = new TaskCompletionSource<(string Topic, JsonElement Answer)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var client = await Connect(port, "get/+", () => { }, (topic, answer) => answered.TrySetResult((topic, answer)));
        await client.Publish(new MqttMessage { Topic = Topic("get"), QoS = MqttQoS.AtLeastOnce });
        var (topic, document) = await answered.Task.Within(Limit, $"the shadow of {id}");

        Assert.Null(_fault);
        var isThere = topic.EndsWith("/accepted", StringComparison.Ordinal);
        if (!isThere)
            Assert.Equal(404, document.GetProperty("code").GetInt32());

        Version = isThere ? document.GetProperty("version").GetInt32() : 0;
        Assert.True(Version >= _accepted && Version <= _sent.Count, $"The shadow of {id} has version {Version}: {_accepted} of {_sent.Count} updates were accepted.");
        _sent.RemoveRange(Version, _sent.Count - Version);
        _accepted = Version;
        if (isThere)
            Assert.Equal(Text(Fold()), Text(State(document.GetProperty("state"))));
    }

    private string Topic(string end) => $"$aws/things/{id}/shadow/{end}";

    private Dictionary<string, Dictionary<string, int?>> Next()
    {
        var update = new Dictionary<string, Dictionary<string, int?>>();
        foreach (var section in random.Next(3) switch { 0 => ["desired"], 1 => ["reported"], _ => (string[])["desired", "reported"] })
        {
            update[section] = Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"k{random.Next(Keys)}").Distinct()
                .ToDictionary(key => key, _ => random.Next(5) == 0 ? (int?)null : random.Next(1_000));
        }

        _sent.Add(update);
        return update;
    }

    private Dictionary<string, SortedDictionary<string, int>> Fold()
    {
        var state = new Dictionary<string, SortedDictionary<string, int>> { ["desired"] = [], ["reported"] = [] };
        foreach (var (section, key, value) in _sent.SelectMany(update => update).SelectMany(section => section.Value.Select(member => (section.Key, member.Key, member.Value))))
        {
            if (value is { } number)
                state[section][key] = number;
            else
                state[section].Remove(key);
        }

        return state;
    }

    private static Dictionary<string, SortedDictionary<string, int>> State(JsonElement state) => ((string[])["desired", "reported"]).ToDictionary(
        section => section,
        section => state.TryGetProperty(section, out var members)
            ? new SortedDictionary<string, int>(members.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetInt32()))
            : []);

    private static string Text(Dictionary<string, SortedDictionary<string, int>> state) => JsonSerializer.Serialize(state);

    private async Task Publish(MqttClient client, Dictionary<string, Dictionary<string, int?>> update)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(new { state = update, clientToken = string.Create(CultureInfo.InvariantCulture, $"{id}-{_sent.Count}") });
        try
        {
            await client.Publish(new MqttMessage { Topic = Topic("update"), Payload = payload, QoS = MqttQoS.AtLeastOnce });
        }
        catch (Exception e) when (e is MqttConnectionLostException or MqttRefusedException or ObjectDisposedException or InvalidOperationException)
        {
            // Its answer will not come.
        }
    }

    private async Task<MqttClient> Connect(int port, string answers, Action lost, Action<string, JsonElement> heard)
    {
        var client = await MqttClient.Connect(new MqttClientOptions
        {
            Host = "127.0.0.1",
            Port = port,
            ClientId = $"shadow-of-{id}",
            ConnectionChanged = change =>
            {
                if (change is MqttConnectionChange.Closed)
                    lost();
            },
        });
        await client.Subscribe(Topic(answers), MqttQoS.AtLeastOnce, (message, _) =>
        {
            heard(message.Topic, JsonDocument.Parse(message.Payload).RootElement);
            return ValueTask.CompletedTask;
        });
        return client;
    }
}
