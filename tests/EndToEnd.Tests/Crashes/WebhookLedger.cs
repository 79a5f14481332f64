using System.Text.Json;
using OrleansIot.TestKit.Http;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>Somebody else's webhook: who called, under which key, and in which run of the server.</summary>
internal sealed class WebhookLedger(HttpReceiver receiver)
{
    private readonly List<int> _runs = [];
    private readonly HashSet<int> _ended = [];

    public Uri Address => receiver.Address;

    /// <summary>The server is started anew: what comes from now on is of its next run.</summary>
    public void NextRun() => _runs.Add(receiver.Calls.Count);

    /// <summary>The run was not killed: it had time to record what it told.</summary>
    public void RunEndedCleanly() => _ended.Add(_runs.Count - 1);

    public bool EndedCleanly(int run) => _ended.Contains(run);

    /// <summary>By step (<c>alert/step</c>): the keys it was told under, each with the runs in which that was.</summary>
    public Dictionary<string, Dictionary<string, List<int>>> Steps()
    {
        var steps = new Dictionary<string, Dictionary<string, List<int>>>();
        var calls = receiver.Calls;
        var connections = new Dictionary<string, int>();
        for (var i = 0; i < calls.Count; i++)
        {
            using var body = JsonDocument.Parse(calls[i].Body);
            var key = calls[i].Headers["Idempotency-Key"].ToString();
            Assert.Equal(key, body.RootElement.GetProperty("id").GetString());
            var step = string.Join('/', key.Split('/')[..2]);
            Assert.Equal(body.RootElement.GetProperty("alert").GetProperty("alertId").GetString() + "/" + body.RootElement.GetProperty("type").GetString()!["alert.".Length..], step);
            if (!steps.TryGetValue(step, out var keys))
                steps.Add(step, keys = []);
            if (!keys.TryGetValue(key, out var runs))
                keys.Add(key, runs = []);

            // A call that was on its way when the server died may be heard after the next start, but over a connection of before.
            connections.TryAdd(calls[i].Connection, _runs.FindLastIndex(first => first <= i));
            runs.Add(connections[calls[i].Connection]);
        }

        return steps;
    }
}
