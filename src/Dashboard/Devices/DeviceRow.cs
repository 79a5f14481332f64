using OrleansIot.Dashboard.Charts;
using OrleansIot.Dashboard.Display;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.Devices;

/// <summary>A device in the list. The trend is that of the most telling metric that is a number.</summary>
public sealed class DeviceRow(Twin twin)
{
    private const int ShownReadings = 3;

    private Instant _drawnUntil;
    private IReadOnlyList<LastValue>? _readings;
    private LiveSeries? _trend;

    public Twin Twin { get; private set; } = twin;

    public IReadOnlyList<LastValue> Readings => _readings ??= [.. MetricOrder.MostTelling(Twin).Take(ShownReadings)];

    /// <summary>Null until drawn, and again when an alert makes another metric the most telling one.</summary>
    public LiveSeries? Trend => _trend?.Metric == TrendMetric ? _trend : null;

    public MetricName? TrendMetric => Drawn?.Metric;

    private LastValue? Drawn
    {
        get
        {
            foreach (var reading in Readings)
            {
                if (reading.Value.Kind == MetricKind.Number)
                    return reading;
            }

            return null;
        }
    }

    public void Update(Twin newer)
    {
        Twin = newer;
        _readings = null;
        if (Trend is null || Drawn is not { } last || last.At <= _drawnUntil)
            return;

        Trend.Add(last.At, last.Value.Number);
        _drawnUntil = last.At;
    }

    public void Draw(LiveSeries trend)
    {
        _trend = trend;
        _drawnUntil = Drawn?.At ?? Instant.MinValue;
    }
}
