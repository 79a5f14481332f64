using System.Globalization;
using System.Net.Http.Json;

namespace OrleansIot.UnderLoad;

/// <summary>
/// Rules that watch every device of the swarm: of four kinds in turn, on its five measured values in turn. Those are spread evenly
/// from 10 to 99.99, so that about one message in thirty opens an alert, closes one, or begins to wait for one.
/// </summary>
public static class LoadRules
{
    private static readonly string[] Metrics = ["temperature", "humidity", "pressure", "voltage", "vibration"];

    private static readonly (string Operator, double Threshold, int Seconds)[] Kinds =
    [
        (">", 99.9, 0),
        ("<", 10.1, 0),
        (">", 99.8, 60),
        (">", 120, 0), // never
    ];

    /// <param name="api">The host's own address.</param>
    public static async Task Put(Uri api, int count)
    {
        using var http = new HttpClient { BaseAddress = api };
        for (var i = 0; i < count; i++)
        {
            var (comparison, threshold, seconds) = Kinds[i / Metrics.Length % Kinds.Length];
            var answer = await http.PutAsJsonAsync(string.Create(CultureInfo.InvariantCulture, $"/api/v1/rules/load-{i}"), new
            {
                name = $"Load {i}",
                condition = new { metric = Metrics[i % Metrics.Length], @operator = comparison, threshold, duration = seconds },
                severity = "warning",
            });
            answer.EnsureSuccessStatusCode();
        }
    }
}
