using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrleansIot.Scenarios.Clients;

/// <summary>What an integrator's program does: plain HTTP and JSON, nothing of ours.</summary>
public sealed class ApiClient(Uri http) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(http, "api/v1/") };

    public HttpClient Http => _http;

    public async Task<JsonElement?> Device(string device)
    {
        using var response = await _http.GetAsync($"devices/{device}");
        return response.StatusCode == HttpStatusCode.NotFound ? null : await Read(response);
    }

    public async Task<IReadOnlyList<JsonElement>> Alerts(string query = "") => Items(await Get($"alerts?limit=500&{query}"));

    public async Task<JsonElement> Get(string path)
    {
        using var response = await _http.GetAsync(path);
        return await Read(response);
    }

    public async Task PutRule(string ruleId, object rule)
    {
        using var response = await _http.PutAsJsonAsync($"rules/{ruleId}", rule);
        await Read(response);
    }

    public async Task<JsonElement> Post(string path)
    {
        using var response = await _http.PostAsync(path, null);
        return await Read(response);
    }

    public async Task<JsonElement> Patch(string path, object change)
    {
        using var response = await _http.PatchAsJsonAsync(path, change);
        return await Read(response);
    }

    /// <summary>How many values of the metric the history holds between the two moments.</summary>
    public async Task<long> CountInHistory(string device, string metric, DateTimeOffset from, DateTimeOffset to)
    {
        var history = await Get($"devices/{device}/history?metric={metric}&from={from:O}&to={to:O}&points=1".Replace("+", "%2B", StringComparison.Ordinal));
        return history.GetProperty("points").EnumerateArray().Sum(point => point.GetProperty("count").GetInt64());
    }

    /// <summary>The <c>seq</c> of every reading that a device of the swarm sent in the last hour and that is stored.</summary>
    public async Task<IReadOnlyList<long>> StoredSequences(string device)
    {
        var readings = await Get($"devices/{device}/readings?from=-1h&limit=1000");
        return [.. Items(readings).Select(reading => reading.GetProperty("metrics").GetProperty("seq").GetInt64())];
    }

    public async Task<bool> IsDelivered(string alertId) =>
        Items(await Get($"alerts/{alertId}/deliveries")).Any(delivery => delivery.GetProperty("status").GetString() == "delivered");

    public void Dispose() => _http.Dispose();

    private static IReadOnlyList<JsonElement> Items(JsonElement page) => [.. page.GetProperty("items").EnumerateArray()];

    private static async Task<JsonElement> Read(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri} answered {(int)response.StatusCode}: {body}");
        return JsonDocument.Parse(body).RootElement;
    }
}
