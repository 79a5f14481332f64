using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Api.Devices;

/// <summary>One JSON object per line.</summary>
/// <param name="only">The metrics that are wanted; null for all.</param>
internal sealed class JsonLines(IBufferWriter<byte> target, IReadOnlyList<MetricName>? only) : IReadingLines
{
    private readonly Utf8JsonWriter _json = new(target, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public void Write(DeviceId device, Reading reading)
    {
        _json.Reset(target);
        _json.WriteStartObject();
        _json.WriteString("device", device.Value);
        _json.WriteString("at", reading.At.ToString());
        _json.WriteString("receivedAt", reading.ReceivedAt.ToString());
        _json.WriteStartObject("metrics");
        foreach (var metric in reading.Metrics)
        {
            if (only?.Contains(metric.Name) == false)
                continue;

            _json.WritePropertyName(metric.Name.Value);
            Write(metric.Value);
        }

        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.Flush();
        target.Write("\n"u8);
    }

    public void Dispose() => _json.Dispose();

    private void Write(MetricValue value)
    {
        switch (value.Kind)
        {
            case MetricKind.Number:
                _json.WriteNumberValue(value.Number);
                break;
            case MetricKind.Boolean:
                _json.WriteBooleanValue(value.Boolean);
                break;
            default:
                _json.WriteStringValue(value.Text);
                break;
        }
    }
}
