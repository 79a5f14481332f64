using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OrleansIot.Application.Telemetry;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>Listens to one instrument. Tests of other classes run beside and count too, so assertions are on tags or on "at least".</summary>
internal sealed class MeterWatch : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _byTag = new();

    public MeterWatch(string instrument)
    {
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Meter.Name == IngestStatistics.MeterName && published.Name == instrument)
                listener.EnableMeasurementEvents(published);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            _byTag.AddOrUpdate(tags.Length == 0 ? "" : $"{tags[0].Value}", value, (_, sum) => sum + value));
        _listener.Start();
    }

    public long this[string tag] => _byTag.GetValueOrDefault(tag);

    public void Dispose() => _listener.Dispose();
}
