using System.Diagnostics.Metrics;
using OrleansIot.Application.Telemetry;

namespace OrleansIot.Application.Notifications;

/// <summary>Counts deliveries, as instruments of the meter <c>OrleansIot</c>.</summary>
internal sealed class DeliveryMeter
{
    private readonly Counter<long> _deliveries;
    private long _pending;

    public DeliveryMeter(IMeterFactory meters)
    {
        var meter = meters.Create(IngestStatistics.MeterName);
        _deliveries = meter.CreateCounter<long>("orleansiot_deliveries", "{attempt}", "Attempts to deliver a message, by channel and outcome.");
        meter.CreateObservableGauge("orleansiot_outbox_pending", () => Volatile.Read(ref _pending), "{message}", "Messages that are not delivered yet; 1000 stands for that many or more.");
    }

    public void Attempted(string channel, string outcome) =>
        _deliveries.Add(1, new KeyValuePair<string, object?>("channel", channel), new KeyValuePair<string, object?>("outcome", outcome));

    public void Pending(int count) => Volatile.Write(ref _pending, count);
}
