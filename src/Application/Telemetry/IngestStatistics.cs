using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace OrleansIot.Application.Telemetry;

/// <summary>Counts what comes in: for the dashboard's overview and, as instruments of the meter <c>OrleansIot</c>, for <c>/metrics</c>.</summary>
public sealed class IngestStatistics : IIngestStatistics, IDisposable
{
    public const string MeterName = "OrleansIot";

    private const int KeptSeconds = 120;
    private const int KeptRefusals = 200;
    private const int LatencyWindowSeconds = 10;

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _shed;
    private readonly Histogram<double> _latency;
    private readonly TimeProvider _time;
    private readonly ITimer _everySecond;
    private readonly Lock _lock = new();
    private readonly Queue<RefusedMessage> _recentRefusals = new();
    private readonly LatencyBuckets[] _latencies = [.. Enumerable.Range(0, LatencyWindowSeconds).Select(_ => new LatencyBuckets())];
    private long _accepted;
    private long _acceptedAtLastTick;
    private int _second;
    private ImmutableArray<double> _perSecond = [];

    public IngestStatistics(TimeProvider time)
    {
        _time = time;

        // Read when it is asked for: a listener called with each reading cost more than the count.
        _meter.CreateObservableCounter("orleansiot_readings", () => Interlocked.Read(ref _accepted), "{reading}", "Readings that are durable.");
        _duplicates = _meter.CreateCounter<long>("orleansiot_duplicates", "{message}", "Repeated messages: acknowledged, and nothing else.");
        _refusals = _meter.CreateCounter<long>("orleansiot_refused_messages", "{message}", "Messages that were not taken, by reason code.");
        _shed = _meter.CreateCounter<long>("orleansiot_shed_messages", "{message}", "QoS 0 messages dropped because a queue was full.");
        _latency = _meter.CreateHistogram<double>("orleansiot_receive_to_commit", "s", "From a reading's arrival to its commit.");
        _everySecond = time.CreateTimer(_ => EndSecond(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public ImmutableArray<double> ReadingsPerSecond => _perSecond;

    public TimeSpan? ReceiveToCommitP99 => LatencyBuckets.Percentile(_latencies, 0.99);

    public ImmutableArray<RefusedMessage> RecentRefusals
    {
        get
        {
            lock (_lock)
                return [.. _recentRefusals];
        }
    }

    /// <param name="receivedTimestamp"><see cref="TimeProvider.GetTimestamp"/> when the message arrived.</param>
    public void Recorded(long receivedTimestamp)
    {
        var elapsed = _time.GetElapsedTime(receivedTimestamp);
        Interlocked.Increment(ref _accepted);
        _latencies[Volatile.Read(ref _second) % LatencyWindowSeconds].Add(elapsed);
        _latency.Record(elapsed.TotalSeconds);
    }

    public void Duplicate() => _duplicates.Add(1);

    public void Shed() => _shed.Add(1);

    public void Refused(RefusedMessage message)
    {
        _refusals.Add(1, new KeyValuePair<string, object?>("code", message.Code));
        lock (_lock)
        {
            _recentRefusals.Enqueue(message);
            if (_recentRefusals.Count > KeptRefusals)
                _recentRefusals.Dequeue();
        }
    }

    public void Dispose()
    {
        _everySecond.Dispose();
        _meter.Dispose();
    }

    private void EndSecond()
    {
        var accepted = Interlocked.Read(ref _accepted);
        var last = accepted - _acceptedAtLastTick;
        _acceptedAtLastTick = accepted;
        var kept = _perSecond.Length < KeptSeconds ? _perSecond : _perSecond.RemoveAt(0);
        _perSecond = kept.Add(last);
        _latencies[(_second + 1) % LatencyWindowSeconds].Clear();
        Interlocked.Increment(ref _second);
    }
}
