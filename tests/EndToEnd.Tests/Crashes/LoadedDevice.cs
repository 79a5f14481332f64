using System.Globalization;
using System.Text.Json;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>A device of the load: what it will say next, and all it has said.</summary>
internal sealed class LoadedDevice(string id, MessageIdentity identity, long startsAt, Random random)
{
    /// <summary>Late readings are older than the start by less than this.</summary>
    public static readonly TimeSpan Latest = TimeSpan.FromMinutes(20);

    // Of the 128 that the gateway remembers at least, less what can be in flight behind it.
    private const int RepeatableBack = 50;
    private const int RememberedBoots = 3;

    private readonly HashSet<long> _moments = [];
    private readonly List<int> _boots = [0]; // first message of each
    private long _after; // of the newest message, since the start

    public string Id => id;

    public MessageIdentity Identity => identity;

    public string Topic { get; } = $"dt/devices/{id}/telemetry";

    public List<SentMessage> Messages { get; } = [];

    /// <summary>Alerts that a person resolved while the device was silent: how many messages there were, and which rule's it was.</summary>
    public List<(int After, string Rule)> ResolvedByHand { get; } = [];

    public IEnumerable<SentMessage> Unanswered => Messages.Where(message => !message.IsAcknowledged);

    public SentMessage Next()
    {
        var number = Messages.Count;
        var values = new Dictionary<string, object> { ["seq"] = (double)number };
        if (random.Next(100) < 70)
            values["level"] = Level();
        if (random.Next(100) < 25)
            values["mode"] = random.Next(100) < 10 ? "bad" : $"eco-{random.Next(3)}";
        if (random.Next(100) < 30)
            values["pump-running"] = random.Next(2) == 0;

        var message = new SentMessage(number, NextMoment(), values, Topic, []);
        message = message with { Payload = Encode(message) };
        Messages.Add(message);
        return message;
    }

    /// <summary>One that was acknowledged not long ago; null: none.</summary>
    public SentMessage? Repeatable()
    {
        var all = Messages.Count - _boots[Math.Max(0, _boots.Count - RememberedBoots)];
        var back = random.Next(1, identity == MessageIdentity.Sequence ? Math.Max(2, all) : RepeatableBack);
        return back <= Messages.Count && Messages[^back] is { IsAcknowledged: true } message ? message : null;
    }

    /// <summary>Its numbers begin again.</summary>
    public void MayReboot()
    {
        if (random.Next(4) == 0 && _boots[^1] < Messages.Count)
            _boots.Add(Messages.Count);
    }

    // Seldom above the thresholds of the rules: an alert and its end are three notifications.
    private double Level() => Math.Round(random.Next(100) < 5 ? 62 + (random.NextDouble() * 38) : random.NextDouble() * 62, 2);

    private long NextMoment()
    {
        if (random.Next(100) >= 12)
        {
            _after += random.Next(1, 60);
            _moments.Add(startsAt + _after);
            return startsAt + _after;
        }

        long late;
        do
            late = startsAt + _after - random.Next(1, (int)Latest.TotalMilliseconds);
        while (late <= startsAt - Latest.TotalMilliseconds || !_moments.Add(late));
        return late;
    }

    private byte[] Encode(SentMessage message)
    {
        var json = new Dictionary<string, object>(message.Values) { ["timestamp"] = message.At };
        if (json.Remove("pump-running", out var running))
            json["pump"] = new Dictionary<string, object> { ["running"] = running };
        if (identity == MessageIdentity.MessageId)
            json["messageId"] = string.Create(CultureInfo.InvariantCulture, $"m-{message.Number}");

        if (identity == MessageIdentity.Sequence)
            (json["bootId"], json["sequence"]) = ($"boot-{_boots.Count}", message.Number - _boots[^1]);

        return JsonSerializer.SerializeToUtf8Bytes(json);
    }
}
