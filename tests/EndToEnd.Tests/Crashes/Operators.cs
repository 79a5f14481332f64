using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>People at work while the load runs: they describe devices and acknowledge alerts, and look at what they get.</summary>
internal sealed class Operators(IReadOnlyList<LoadedDevice> devices, Random random)
{
    private readonly Dictionary<string, Description> _descriptions = devices.ToDictionary(device => device.Id, _ => new Description());
    private int _attempts;

    /// <summary>By alert: who acknowledged it, as it was answered.</summary>
    public Dictionary<string, string> Acknowledged { get; } = [];

    /// <summary>By alert: who tried to, and has no answer.</summary>
    public Dictionary<string, HashSet<string>> Unanswered { get; } = [];

    /// <summary>By device: the highest version seen, and the document seen at it.</summary>
    public Dictionary<string, (long Version, string Document)> Seen { get; } = [];

    /// <summary>Works until the server is gone, or does not do what it is asked.</summary>
    public async Task Work(HttpClient http, Func<bool> isOver)
    {
        try
        {
            while (!isOver())
            {
                await Describe(http, devices[random.Next(devices.Count)].Id);
                await Acknowledge(http);
                for (var i = 0; i < 3; i++)
                    await Look(http, devices[random.Next(devices.Count)].Id);
            }
        }
        // HttpClient lets a SocketException through where the server dies between its accept and the request.
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException or IOException)
        {
            // What had no answer may have been done, or not.
        }
    }

    /// <summary>A version never goes back, and shows one state.</summary>
    public void Observe(JsonElement document)
    {
        var (device, version, text) = (document.GetProperty("deviceId").GetString()!, document.GetProperty("version").GetInt64(), document.GetRawText());
        if (Seen.TryGetValue(device, out var seen))
        {
            Assert.True(version >= seen.Version, $"{device} was at version {seen.Version}, and now at {version}.");
            if (version == seen.Version)
                Assert.Equal(seen.Document, text);
        }

        Seen[device] = (version, text);
    }

    /// <summary>What was answered is there; what was not may be, and is then taken for answered.</summary>
    /// <returns>How often the device has been described.</returns>
    public int CheckDescription(JsonElement document)
    {
        var name = document.GetProperty("name").GetString();
        var description = _descriptions[document.GetProperty("deviceId").GetString()!];
        if (description.Pending is { } pending && name == pending)
            description.Answer();

        description.Pending = null;
        Assert.Equal(description.Answered, name);
        Assert.Equal(name is null ? null : $"at {name}", document.GetProperty("location").GetString());
        Assert.Equal(name is null ? [] : [name, "load"], document.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        return description.Count;
    }

    /// <summary>An acknowledgement that was answered is there; one that was not may be.</summary>
    public void CheckAcknowledgement(string alert, string? by)
    {
        if (Acknowledged.TryGetValue(alert, out var answered))
            Assert.Equal(answered, by);
        else
            Assert.True(by is null || (Unanswered.TryGetValue(alert, out var tried) && tried.Contains(by)), $"{alert} was acknowledged by {by}, who never tried.");
    }

    private async Task Describe(HttpClient http, string device)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"name {++_attempts}");
        var description = _descriptions[device];
        description.Pending = name;
        using var response = await http.PatchAsJsonAsync($"devices/{device}", new { name, location = $"at {name}", tags = new[] { name, "load" } });
        if (response.IsSuccessStatusCode)
            description.Answer();
        else if (response.StatusCode is HttpStatusCode.NotFound)
            description.Pending = null;
        else
            throw new HttpRequestException("Not taken; what became of it is unknown.");
    }

    private async Task Acknowledge(HttpClient http)
    {
        var open = (await http.GetFromJsonAsync<JsonElement>("alerts?status=triggered&limit=20")).GetProperty("items").EnumerateArray().ToList();
        if (open.Count == 0)
            return;

        var alert = open[random.Next(open.Count)].GetProperty("alertId").GetString()!;
        var by = string.Create(CultureInfo.InvariantCulture, $"operator {++_attempts}");
        if (!Unanswered.TryGetValue(alert, out var tried))
            Unanswered.Add(alert, tried = []);
        tried.Add(by);
        using var response = await http.PostAsJsonAsync($"alerts/{alert}/acknowledge", new { by });
        if (response.IsSuccessStatusCode && (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("acknowledgedBy").GetString() is { } said)
            Acknowledged[alert] = said;
    }

    private async Task Look(HttpClient http, string device)
    {
        using var response = await http.GetAsync($"devices/{device}");
        if (response.IsSuccessStatusCode)
            Observe(await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private sealed class Description
    {
        public string? Answered { get; private set; }

        public string? Pending { get; set; }

        public int Count { get; private set; }

        public void Answer()
        {
            (Answered, Pending) = (Pending, null);
            Count++;
        }
    }
}
