using System.Diagnostics.Metrics;
using OrleansIot.Application.Telemetry;

namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>What the writer tells of itself.</summary>
internal sealed class CommitMeter : IDisposable
{
    private readonly Meter _meter = new(IngestStatistics.MeterName);
    private readonly Counter<long> _failures;
    private readonly Histogram<int> _events;
    private readonly Counter<long> _changes;
    private readonly Histogram<double> _seconds;

    /// <param name="queueLength">Requests that wait for the writer.</param>
    /// <param name="outage">Code of what the store suffers from.</param>
    public CommitMeter(Func<int> queueLength, Func<string?> outage)
    {
        _failures = _meter.CreateCounter<long>("orleansiot_store_failed_commits", "{commit}", "Commits of events and of changes of sessions that failed.");
        _events = _meter.CreateHistogram<int>("orleansiot_store_events_per_commit", "{event}", "Events that shared a commit; its count is that of the commits.");
        _changes = _meter.CreateCounter<long>("orleansiot_store_session_changes", "{change}", "Changes of MQTT sessions and retained messages that were committed.");
        _seconds = _meter.CreateHistogram<double>("orleansiot_store_commit", "s", "From the first statement of a commit to its end on disk.");
        _meter.CreateObservableGauge(
            "orleansiot_store_outage",
            () => Outage.Codes.Select(code => new Measurement<int>(outage() == code ? 1 : 0, KeyValuePair.Create<string, object?>("code", code))),
            null,
            "1 while the store takes no writes, by what it suffers from.");
        _meter.CreateObservableGauge("orleansiot_store_queue", queueLength, "{request}", "Requests that wait for the writer.");
    }

    public void Committed(int events, int sessionChanges, TimeSpan elapsed)
    {
        _changes.Add(sessionChanges);
        _events.Record(events);
        _seconds.Record(elapsed.TotalSeconds);
    }

    public void Failed() => _failures.Add(1);

    public void Dispose() => _meter.Dispose();
}
