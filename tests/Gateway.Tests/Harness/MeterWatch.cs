using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OrleansIot.Application.Telemetry;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>Listens to one instrument. Tests of other classes run beside and count too, so assertions are on tags, on "at least", or on one gateway alone.</summary>
internal sealed class MeterWatch : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _byTag = new();

    /// <param name="only">Of this gateway; null for all that are, or come.</param>
    public MeterWatch(string instrument, GatewayMetrics? only = null)
    {
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Meter.Name == IngestStatistics.MeterName && published.Name == instrument && (only is null || published.Meter == only.Meter))
                listener.EnableMeasurementEvents(published);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Add(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, _) => Add(value, tags));
        _listener.Start();
    }

    public long this[string tag] => (long)Value(tag);

    public double Value(string tag) => _byTag.GetValueOrDefault(tag);

    /// <summary>What an instrument says that is asked, not told.</summary>
    public long Observed(string tag = "")
    {
        _byTag.Clear();
        _listener.RecordObservableInstruments();
        return this[tag];
    }

    public void Dispose() => _listener.Dispose();

    private void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _byTag.AddOrUpdate(tags.Length == 0 ? "" : $"{tags[0].Value}", value, (_, sum) => sum + value);
}
