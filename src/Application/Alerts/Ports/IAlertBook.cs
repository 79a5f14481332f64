using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Alerts.Ports;

/// <summary>All alerts, open and past, as the journal's commits left them.</summary>
public interface IAlertBook
{
    /// <summary>Newest first.</summary>
    ValueTask<Page<Alert>> List(AlertQuery query, CancellationToken cancellation);

    ValueTask<Alert?> Find(AlertId alert, CancellationToken cancellation);
}

/// <summary>Which alerts. A null part does not narrow.</summary>
/// <param name="Open">True: triggered or acknowledged.</param>
/// <param name="Limit">1 to 500.</param>
/// <param name="Cursor"><see cref="Page{T}.Next"/> of the page before.</param>
public sealed record AlertQuery(
    AlertStatus? Status = null,
    bool? Open = null,
    DeviceId? Device = null,
    RuleId? Rule = null,
    Severity? Severity = null,
    int Limit = 100,
    string? Cursor = null);
