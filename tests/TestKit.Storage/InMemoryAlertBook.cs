using System.Collections.Immutable;
using OrleansIot.Application;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Twins;

namespace OrleansIot.TestKit.Storage;

public sealed class InMemoryAlertBook : IAlertBook
{
    private readonly Lock _lock = new();
    private readonly Dictionary<AlertId, Alert> _alerts = [];

    public ValueTask<Page<Alert>> List(AlertQuery query, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, 500, nameof(query));
        Alert[] matching;
        lock (_lock)
            matching = [.. _alerts.Values.Where(alert => Matches(alert, query)).OrderByDescending(alert => alert.TriggeredAt).ThenByDescending(alert => alert.Id.ToString(), StringComparer.Ordinal)];

        var after = query.Cursor is null ? 0 : Array.FindIndex(matching, alert => alert.Id.ToString() == query.Cursor) + 1;
        var items = matching.Skip(after).Take(query.Limit).ToImmutableArray();
        return ValueTask.FromResult(new Page<Alert>(items, after + items.Length < matching.Length ? items[^1].Id.ToString() : null));
    }

    public ValueTask<Alert?> Find(AlertId alert, CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult(_alerts.GetValueOrDefault(alert));
    }

    internal void Apply(TwinEvent twinEvent)
    {
        lock (_lock)
        {
            switch (twinEvent)
            {
                case TwinEvent.AlertTriggered triggered:
                    _alerts[triggered.Alert.Id] = triggered.Alert;
                    break;

                case TwinEvent.AlertAcknowledged step when _alerts.TryGetValue(step.Alert, out var alert):
                    _alerts[step.Alert] = alert with { Status = AlertStatus.Acknowledged, AcknowledgedAt = step.When, AcknowledgedBy = step.By };
                    break;

                case TwinEvent.AlertResolved step when _alerts.TryGetValue(step.Alert, out var alert):
                    _alerts[step.Alert] = alert with { Status = AlertStatus.Resolved, ResolvedAt = step.When, ResolvedBy = step.By, Resolution = step.Resolution };
                    break;
            }
        }
    }

    private static bool Matches(Alert alert, AlertQuery query) =>
        (query.Status is null || alert.Status == query.Status)
        && (query.Open is null || alert.IsOpen == query.Open)
        && (query.Device is null || alert.Device == query.Device)
        && (query.Rule is null || alert.Rule == query.Rule)
        && (query.Severity is null || alert.Severity == query.Severity);
}
