using System.Diagnostics.Metrics;
using OrleansIot.Application.Telemetry;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>What the gauges show now, of all gateways in this process: for a test that runs alone.</summary>
internal static class Gauges
{
    public static long Read(string instrument)
    {
        var sum = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (published, self) =>
        {
            if (published.Meter.Name == IngestStatistics.MeterName && published.Name == instrument)
                self.EnableMeasurementEvents(published);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => sum += value);
        listener.Start();
        listener.RecordObservableInstruments();
        return sum;
    }
}
