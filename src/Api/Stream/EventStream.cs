using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansIot.Api.Devices;
using OrleansIot.Api.Http;
using OrleansIot.Application.Alerts;
using OrleansIot.Application.Fleet;

namespace OrleansIot.Api.Stream;

/// <summary>Writes changes of the fleet as server-sent events.</summary>
internal sealed class EventStream(PipeWriter output)
{
    private static readonly JsonWriterOptions OneLine = new() { Indented = false };

    private long _lastId;

    public void Write(FleetChange change)
    {
        if (change.Missed > 0)
            Write("missed", new MissedEvent(change.Missed), ApiJson.Default.MissedEvent);

        var twin = change.Twin;
        switch (change)
        {
            case FleetChange.ReadingArrived { Reading: var reading }:
                Write("reading", new ReadingEvent(twin.Device.Value, twin.Version, reading.At, reading.ReceivedAt, ReadingDocument.MetricsOf(reading)), ApiJson.Default.ReadingEvent);
                break;
            case FleetChange.StatusChanged:
                Write("status", new StatusEvent(twin.Device.Value, twin.Version, DeviceWords.Of(twin.Status), twin.StatusReason, twin.StatusSince, twin.LastSeen), ApiJson.Default.StatusEvent);
                break;
            case FleetChange.AlertChanged { Alert: var alert }:
                Write("alert", AlertDocument.Of(alert), ApiJson.Default.AlertDocument);
                break;
            case FleetChange.OutageChanged { Outage: var outage }:
                Write("outage", OutageEvent.Of(outage), ApiJson.Default.OutageEvent);
                break;
            case FleetChange.Described:
                var description = twin.Description;
                Write("device", new DescribedEvent(twin.Device.Value, twin.Version, description.Name, description.Type, description.Location, description.Tags), ApiJson.Default.DescribedEvent);
                break;
        }
    }

    /// <summary>A line that readers pass over: it keeps the connection open, and shows the end of a dead one.</summary>
    public void WriteComment(string text) => WriteText($": {text}\n\n");

    public ValueTask<FlushResult> Flush(CancellationToken cancellation) => output.FlushAsync(cancellation);

    private void Write<T>(string name, T data, JsonTypeInfo<T> shape)
    {
        WriteText(string.Create(CultureInfo.InvariantCulture, $"id: {++_lastId}\nevent: {name}\ndata: "));
        using (var json = new Utf8JsonWriter(output, OneLine))
            JsonSerializer.Serialize(json, data, shape);

        WriteText("\n\n");
    }

    private void WriteText(string text) => Encoding.UTF8.GetBytes(text, output);
}
