using OrleansIot.Dashboard.Charts;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.Devices;

/// <summary>A device in the list. The trend is that of its first metric that is a number.</summary>
public sealed class DeviceRow(Twin twin)
{
    private Instant _drawnUntil;

    public Twin Twin { get; private set; } = twin;

    public LiveSeries? Trend { get; private set; }

    public MetricName? TrendMetric => FirstNumber?.Metric;

    private LastValue? FirstNumber
    {
        get
        {
            foreach (var reading in Twin.Readings)
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
        if (Trend is null || FirstNumber is not { } last || last.At <= _drawnUntil)
            return;

        Trend.Add(last.At, last.Value.Number);
        _drawnUntil = last.At;
    }

    public void Draw(LiveSeries trend)
    {
        Trend = trend;
        _drawnUntil = FirstNumber?.At ?? Instant.MinValue;
    }
}
