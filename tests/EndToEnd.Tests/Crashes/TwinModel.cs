namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>
/// What must be believed of a device that sent these messages, worked out anew from the documentation and from nothing of the
/// product: docs/telemetry.md for last values, docs/rules.md for alerts.
/// </summary>
internal sealed class TwinModel
{
    private readonly List<ExpectedAlert> _alerts = [];
    private readonly Dictionary<string, ExpectedAlert> _open = [];
    private readonly HashSet<string> _dismissed = [];

    public Dictionary<string, (object Value, long At)> Values { get; } = [];

    public IReadOnlyList<ExpectedAlert> Alerts => _alerts;

    /// <summary>What happened to it beside readings and alerts: a dismissed rule that cleared.</summary>
    public int Cleared { get; private set; }

    /// <param name="messages">In the order in which they were taken.</param>
    /// <param name="resolvedByHand">After how many of them somebody resolved the alert of which rule.</param>
    public static TwinModel Of(IReadOnlyList<SentMessage> messages, IReadOnlyList<(int After, string Rule)> resolvedByHand)
    {
        var model = new TwinModel();
        for (var i = 0; i <= messages.Count; i++)
        {
            foreach (var (_, rule) in resolvedByHand.Where(resolved => resolved.After == i))
                model.ResolveByHand(rule);
            if (i < messages.Count)
                model.Take(messages[i]);
        }

        return model;
    }

    private void Take(SentMessage message)
    {
        foreach (var (metric, value) in message.Values)
        {
            // A late value is kept in its place: it is not the last one, and fires nothing.
            if (Values.TryGetValue(metric, out var last) && message.At < last.At)
                continue;

            Values[metric] = (value, message.At);
            foreach (var rule in LoadRule.All.Where(rule => rule.Metric == metric))
                Judge(rule, value);
        }
    }

    private void Judge(LoadRule rule, object value)
    {
        if (_open.TryGetValue(rule.Id, out var open))
        {
            if (!rule.Clears(value))
                return;

            open.Resolution = "cleared";
            _open.Remove(rule.Id);
        }
        else if (_dismissed.Contains(rule.Id))
        {
            if (!rule.Clears(value))
                return;

            _dismissed.Remove(rule.Id);
            Cleared++;
        }
        else if (rule.Holds(value))
        {
            _open[rule.Id] = new ExpectedAlert(rule.Id, value);
            _alerts.Add(_open[rule.Id]);
        }
    }

    private void ResolveByHand(string rule)
    {
        _open[rule].Resolution = "manual";
        _open.Remove(rule);
        _dismissed.Add(rule);
    }
}

internal sealed record ExpectedAlert(string Rule, object Value)
{
    /// <summary>Null: it is open.</summary>
    public string? Resolution { get; set; }
}
